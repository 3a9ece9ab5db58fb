package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/internal/printable"
)

// This file writes the banner of serve: what is served, and how to use it.

// A banner has what is told when serve starts.
type banner struct {
	*server
	config    file
	project   *project
	outcome   outcome
	registrar *registrar
	endpoint  string // of the API
	state     string // where it is
	took      time.Duration
	activity  *activity
	editors   net.Listener // of --dap; nil without it
}

// print writes the banner. Requests are answered meanwhile.
func (b *banner) print(ctx context.Context, w io.Writer) {
	endpoints := probe(ctx, b.config.endpoints())
	fmt.Fprintf(w, "aslocal %s, local Step Functions, ready in %s\n", Version, b.took.Round(time.Millisecond))
	tell(w, "API", b.endpoint)
	tell(w, "TLS", b.secure.lines(&b.config)...)
	if !b.noUI {
		tell(w, "Pages", b.endpoint+" in a browser shows what runs")
	}
	if b.editors != nil {
		tell(w, "Debugger", shownDAP(b.editors)...)
	}
	tell(w, "Machines", b.machines()...)
	tell(w, "Missing", b.missing()...)
	if len(b.project.templates) > 1 {
		tell(w, "Templates", append(slices.Clone(b.project.templates), "all of them are served; aslocal serve FILE serves one alone")...)
	}
	tell(w, "Functions", b.functions()...)
	tell(w, "Lambda", b.lambda(endpoints)...)
	tell(w, "Services", b.services(endpoints)...)
	tell(w, "S3", b.buckets(endpoints)...)
	if b.config.mocks != "" {
		tell(w, "Mocks", b.config.mocks)
	}
	tell(w, "Faults", faultLines(b.config.faults)...)
	if pinned := b.registrar.em.PinnedStates(); len(pinned) > 0 {
		tell(w, "Pins", strings.Join(pinned, ", ")+": answered as pinned in the pages, and not called")
	}
	if b.config.missing == missingHold {
		tell(w, "Pending", "tasks that nothing is set up for wait for an answer: aslocal pending lists them")
	}
	tell(w, "State", b.state)
	tell(w, "Stopped", stoppedLines(b.registrar.em.Debugger().StoppedExecutions())...)
	tell(w, "Hosts", b.config.allowedHosts...)
	tellProblems(w, b.outcome.problems)
	if !loopback(b.host) {
		tell(w, "Warning", cmp.Or(b.host, "every address of this machine")+" can be reached from outside, and callers are not authenticated: others can run your state machines")
	}
	tell(w, "Use it", slices.Concat([]string{"export AWS_ENDPOINT_URL_SFN=" + b.endpoint}, b.secure.variables(), []string{
		"export AWS_DISABLE_HOST_PREFIX_INJECTION=true  # CLI, Python; other SDKs set it in code. Without it StartSyncExecution and TestState look for the host sync-" + b.shownHost(),
		"export AWS_DEFAULT_REGION=" + cmp.Or(b.config.region, "us-east-1") + " AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test  # the region counts; any keys do",
	})...)
	tell(w, "Try it", b.example())
}

// example is a command that shows something at once. An input that lies beside a
// definition (order.json beside order.asl.json) belongs to it.
func (b *banner) example() string {
	if len(b.outcome.stored) == 0 {
		return "aslocal init shop  # writes a small project"
	}
	name, input := b.outcome.stored[0].name, ""
	if i := slices.IndexFunc(b.outcome.stored, func(m storedMachine) bool { return m.name != m.arn }); i >= 0 {
		name = b.outcome.stored[i].name
	}
	for _, m := range b.project.machines {
		base, ok := machineName(m.place)
		beside := filepath.Join(filepath.Dir(m.place), base+".json")
		if info, err := os.Stat(beside); ok && m.Name == name && err == nil && info.Mode().IsRegular() {
			input = " --input " + beside
		}
	}
	return "aslocal start " + name + input + " --wait" + endpointFlag(b.endpoint)
}

// tell writes lines of the banner under a heading. They may have names from
// outside in them.
func tell(w io.Writer, heading string, lines ...string) {
	if log, ok := w.(jsonLog); ok {
		if len(lines) > 0 {
			log.tell(heading, lines)
		}
		return
	}
	for _, line := range lines {
		fmt.Fprintf(w, "  %-9s %s\n", heading, printable.Line(line))
		heading = ""
	}
}

// machines lists the state machines: those of definitions, those of each template, and
// those that only the state has.
func (b *banner) machines() []string {
	var lines []string
	listed := make(map[string]bool)
	template := func(m projectMachine) int { return slices.Index(b.project.templates, m.place) }
	for _, m := range slices.SortedStableFunc(slices.Values(b.project.machines), func(x, y projectMachine) int {
		return cmp.Or(cmp.Compare(template(x), template(y)), cmp.Compare(x.Name, y.Name))
	}) {
		if b.registrar.machines[m.Name] != "" {
			lines = append(lines, fmt.Sprintf("%s (%s)", m.Name, m.place))
			listed[m.Name] = true
		}
	}
	for _, m := range b.outcome.stored {
		if !listed[m.name] {
			lines = append(lines, fmt.Sprintf("%s (%s)", m.name, cmp.Or(b.outcome.notes[m.name], "in the state; no file in the folder")))
		}
	}
	if len(lines) == 0 {
		return []string{"none found (*.asl.json, *.asl.yaml, template.yaml, serverless.yml, cdk.out, *.tf); create one through the API"}
	}
	return lines
}

// stoppedLines say which executions the debugger had stopped when the server ended.
func stoppedLines(stops []debug.Stop) (lines []string) {
	const most = 5
	for i, s := range stops {
		if i == most {
			lines = append(lines, fmt.Sprintf("and %d more", len(stops)-most))
			break
		}
		lines = append(lines, fmt.Sprintf("%s at %s, as before the restart", shortName(s.Execution), s.State))
	}
	if len(lines) > 0 {
		lines = append(lines, "the clock stands still until a debugger lets them go on: the pages, an editor, aslocal debug --attach")
	}
	return lines
}

// missing says which values only a deployment knows.
func (b *banner) missing() []string {
	var lines []string
	for _, m := range b.project.machines {
		if len(m.missing) > 0 && m.broken == "" {
			lines = append(lines, fmt.Sprintf("%s: texts that fit stand for %s; --substitute NAME=VALUE gives a value", m.Name, strings.Join(m.missing, ", ")))
		}
	}
	return lines
}

// functions lists the functions that run as processes, with what they lack.
func (b *banner) functions() []string {
	var lines []string
	for _, fn := range b.project.functions {
		how := strings.Join(slices.DeleteFunc([]string{fn.Runtime, fn.Handler, strings.Join(fn.Command, " ")}, func(s string) bool { return s == "" }), ", ")
		switch {
		case fn.url != "": // Lambda lists it
			continue
		case fn.Broken != "":
			lines = append(lines, fmt.Sprintf("%s (%s) cannot run: %s", fn.Name, fn.Place, fn.Broken))
		default:
			lines = append(lines, fmt.Sprintf("%s (%s: %s)", fn.Name, fn.Place, how))
		}
		for _, note := range fn.notes {
			lines = append(lines, "  "+fn.Name+": "+note)
		}
	}
	return lines
}

// lambda says where other Lambda functions are.
func (b *banner) lambda(shown map[string]string) []string {
	var lines []string
	if b.config.endpoint != "" {
		lines = append(lines, shown[b.config.endpoint])
	}
	for _, name := range slices.Sorted(maps.Keys(b.config.functions)) {
		lines = append(lines, name+" at "+shown[b.config.functions[name]])
	}
	if len(lines) == 0 && len(b.project.functions) == 0 {
		return []string{"no endpoint; --lambda-endpoint says where functions are, functions in aslocal.yaml which run here"}
	}
	return lines
}

// services says where other services of AWS are.
func (b *banner) services(shown map[string]string) []string {
	var lines []string
	services := b.config.allServicesSettings()
	if called := b.project.services(); len(services) == 0 && len(called) > 0 && b.config.mocks == "" && b.config.missing != missingHold {
		return []string{"no endpoint for " + strings.Join(called, ", ") + "; --services-endpoint says where AWS services are"}
	}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		switch endpoint := services[name]; {
		case endpoint == realAWS:
			lines = append(lines, name+" at AWS itself")
		case name == everyService && len(services) == 1:
			lines = append(lines, shown[endpoint])
		default:
			lines = append(lines, strings.Replace(name, everyService, "others", 1)+" at "+shown[endpoint])
		}
	}
	return lines
}

// calledService finds the services that a definition calls.
var calledService = regexp.MustCompile(`"arn:[a-z-]+:states:::(?:aws-sdk:)?([a-z0-9-]+):`)

// services are the services that state machines call, beside those that are here.
func (p *project) services() []string {
	called := make(map[string]bool)
	for _, m := range p.machines {
		for _, match := range calledService.FindAllStringSubmatch(m.Definition, -1) {
			called[match[1]] = true
		}
	}
	for _, here := range []string{"lambda", "states", "sfn", "http", "s3", "apigateway"} {
		delete(called, here)
	}
	return slices.Sorted(maps.Keys(called))
}

// buckets says where the buckets of distributed Maps are, if anywhere.
func (b *banner) buckets(shown map[string]string) []string {
	var lines []string
	if b.config.s3Folder != "" {
		lines = append(lines, "folders in "+b.config.s3Folder)
	}
	if b.config.s3Endpoint != "" {
		lines = append(lines, shown[b.config.s3Endpoint])
	}
	return lines
}

// serviceVariable begins the names of variables that say where a service is.
const serviceVariable = "AWS_ENDPOINT_URL_"

// serviceVariables are the variables of the environment that say where single services
// are, by name, but for those of services that have settings of their own.
func serviceVariables() map[string]string {
	all := make(map[string]string)
	if allServicesVariables() == nil {
		return all
	}
	for _, variable := range os.Environ() {
		name, endpoint, _ := strings.Cut(variable, "=")
		service, ok := strings.CutPrefix(name, serviceVariable)
		if ok && endpoint != "" && !slices.Contains([]string{"S3", "SFN", "LAMBDA"}, service) {
			all[name] = endpoint
		}
	}
	return all
}

// allServicesSettings are the endpoints of services by name, those of the environment
// included; the others are at that of "*".
func (f *file) allServicesSettings() map[string]string {
	all := maps.Clone(f.services)
	if all == nil {
		all = make(map[string]string)
	}
	for name, endpoint := range serviceVariables() {
		all[strings.ToLower(strings.TrimPrefix(name, serviceVariable))] = endpoint
	}
	if f.allServices != "" {
		all[everyService] = f.allServices
	}
	return all
}

// endpoints are the URLs of all endpoints of the settings.
func (f *file) endpoints() []string {
	all := slices.Concat([]string{f.endpoint, f.s3Endpoint}, slices.Collect(maps.Values(f.functions)), slices.Collect(maps.Values(f.allServicesSettings())))
	return slices.DeleteFunc(all, func(endpoint string) bool { return endpoint == "" || endpoint == realAWS })
}

// functionEnvironment are the variables that tell functions where the services are, and
// where the API of aslocal is. Services that are nowhere are there, too: it says what to
// set, where AWS's SDKs would call AWS itself. That is done only if a setting says so.
func (f *file) functionEnvironment(api string) []string {
	variables := map[string]string{"AWS_ENDPOINT_URL": cmp.Or(f.allServices, api)}
	for service, endpoint := range f.services {
		variables[emulator.ServiceVariable(service)] = endpoint
	}
	maps.Copy(variables, serviceVariables())
	if f.s3Endpoint != "" {
		variables["AWS_ENDPOINT_URL_S3"] = f.s3Endpoint
	}
	variables["AWS_ENDPOINT_URL_SFN"], variables["AWS_ENDPOINT_URL_LAMBDA"] = api, api
	toAWS := slices.Contains(slices.Collect(maps.Values(variables)), realAWS)
	var list []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		switch endpoint := variables[name]; {
		case endpoint == realAWS: // an SDK calls it there if nothing is set
		case name == "AWS_ENDPOINT_URL" && endpoint == api && toAWS: // would send that elsewhere
		default:
			list = append(list, name+"="+endpoint)
		}
	}
	return list
}

// probeTimeout is how long an endpoint may take to answer before the banner is written.
const probeTimeout = 250 * time.Millisecond

// probe returns how endpoints are shown: their URLs, and what is wrong if nothing answers
// there. It connects to all of them at the same time.
func probe(ctx context.Context, endpoints []string) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	shown := make(map[string]string, len(endpoints))
	var lock sync.Mutex
	var all sync.WaitGroup
	for _, endpoint := range endpoints {
		all.Go(func() {
			text := withoutPassword(endpoint) + standing(ctx, endpoint)
			lock.Lock()
			defer lock.Unlock()
			shown[endpoint] = text
		})
	}
	all.Wait()
	return shown
}

// standing says what is wrong if nothing answers at an endpoint, "" if something does.
func standing(ctx context.Context, endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		u, err = url.Parse("http://" + endpoint)
	}
	if err != nil {
		return ""
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	switch {
	case err == nil:
		connection.Close()
		return ""
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf(" (no answer in %v)", probeTimeout)
	case ctx.Err() != nil:
		return ""
	}
	return " (nothing listens there now)"
}
