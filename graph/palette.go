package graph

// This file has the colours. Colour means status and nothing else: types of states
// are told by glyph and shape.

// A Theme is the set of colours of a drawing.
type Theme string

// The themes. Auto follows the reader's system; a PNG, which cannot, is light.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
	Auto  Theme = "auto"
)

// A role is what a colour is for.
type role uint8

const (
	none role = iota
	ground0
	ground1
	ground2
	ground3
	ground4
	nodeFill
	nodeLine
	tileFill
	glyphLine
	textFill
	detailFill
	boxLine
	laneLine
	edgeLine
	hotLine // of the happy path, and of transitions that were taken
	offLine // of transitions that were not
	catchLine
	catchText
	runningText
	runningLine
	runningFill
	succeededText
	succeededLine
	succeededFill
	failedText
	failedLine
	failedFill
	timedOutText
	timedOutLine
	timedOutFill
	abortedText
	abortedLine
	abortedFill
	caughtText
	caughtLine
	caughtFill
	roles
)

// colours has the colours of each role in light and dark, as 0xRRGGBB.
var colours = [roles][2]uint32{
	ground0:  {0xf6f6f8, 0x0c0d10},
	ground1:  {0xefeff2, 0x131518},
	ground2:  {0xe9e9ec, 0x191b1e},
	ground3:  {0xe2e3e6, 0x202225},
	ground4:  {0xdcdde0, 0x26282b},
	nodeFill: {0xffffff, 0x141619}, nodeLine: {0xcdd1d8, 0x3a3f48},
	tileFill: {0xe6e8ec, 0x272b31}, glyphLine: {0x474c57, 0xadb2bc},
	textFill: {0x15171c, 0xeeeff2}, detailFill: {0x626875, 0x8e949f},
	boxLine: {0xc9cdd5, 0x3a3f48}, laneLine: {0xd3d6dd, 0x30353d},
	edgeLine: {0x838a97, 0x6a717d}, hotLine: {0x3a3f4a, 0xc3c8d1}, offLine: {0xcfd3da, 0x33383f},
	catchLine: {0xa87500, 0xc99622}, catchText: {0x7d5200, 0xe8bc59},
	runningText: {0x0a5fc0, 0x6db3ff}, runningLine: {0x1f7ae0, 0x3c92f4}, runningFill: {0xe7f1fd, 0x11243a},
	succeededText: {0x14693f, 0x5dcf93}, succeededLine: {0x23935a, 0x2fa86b}, succeededFill: {0xe5f4eb, 0x10291d},
	failedText: {0xb8261b, 0xff8f84}, failedLine: {0xd83a2e, 0xea5749}, failedFill: {0xfdebe9, 0x36191a},
	timedOutText: {0x9c3d08, 0xffab6e}, timedOutLine: {0xcf5c10, 0xe27a2d}, timedOutFill: {0xfdeee2, 0x332012},
	abortedText: {0x4f5662, 0xb5bbc6}, abortedLine: {0x727a88, 0x868e9c}, abortedFill: {0xeceef1, 0x25292f},
	caughtText: {0x7d5200, 0xe8bc59}, caughtLine: {0xa87500, 0xc99622}, caughtFill: {0xfbf2da, 0x2d2410},
}

// colour returns the colour of a role.
func (t Theme) colour(r role) uint32 {
	if t == Dark {
		return colours[r][1]
	}
	return colours[r][0]
}

// ground returns the role of what lies behind things in a number of lanes.
func ground(depth int) role { return ground0 + role(min(depth, 4)) }

// statusLooks has the colours and the glyph of each status.
var statusLooks = map[Status]struct {
	text, line, fill role
	icon             string
}{
	Running:   {runningText, runningLine, runningFill, "st-running"},
	Succeeded: {succeededText, succeededLine, succeededFill, "st-succeeded"},
	Failed:    {failedText, failedLine, failedFill, "st-failed"},
	TimedOut:  {timedOutText, timedOutLine, timedOutFill, "st-timedout"},
	Aborted:   {abortedText, abortedLine, abortedFill, "st-aborted"},
	Caught:    {caughtText, caughtLine, caughtFill, "st-caught"},
}
