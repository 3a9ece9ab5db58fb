package picture

import (
	"errors"
	"math"
	"testing"
)

func noOption(string) (string, bool) { return "", false }

func TestFormat(t *testing.T) {
	number := func(f float64) func(string) (string, error) {
		return func(p string) (string, error) { return FormatNumber(f, p, noOption) }
	}
	integer := func(f float64) func(string) (string, error) {
		return func(p string) (string, error) { return FormatInteger(f, p) }
	}
	date := func(p string) (string, error) { return FormatDate(1510067557121, Zone("-0330"), p) }
	for _, c := range []struct {
		picture string
		format  func(string) (string, error)
		want    string
		problem Problem
	}{
		{"#,##0.00", number(1234.5), "1,234.50", 0},
		{"0;(0)", number(-7), "(7)", 0},
		{"0%", number(0.14), "14%", 0},
		{"0.0e0", number(1234.5), "1.2e3", 0},
		{"0;0;0", number(1), "", ManySubPictures},
		{"0.0.0", number(1), "", ManyDecimalSeparators},
		{"0%‰", number(1), "", PercentAndPerMille},

		{"#,##0", integer(12345), "12,345", 0},
		{"Ww;o", integer(21), "Twenty-First", 0},
		{"I", integer(1999), "MCMXCIX", 0},
		{"a", integer(28), "ab", 0},
		{"٠", integer(12), "١٢", 0},
		{"0٠", integer(1), "", MixedDigits},
		{"①", integer(1), "", Sequence},
		{"I", integer(1e12), "", TooLarge},

		{"[D1o] of [MNn] [Y]", date, "7th of November 2017", 0},
		{"[Y0001]-[M01]-[D01] [H01]:[m01][Z]", date, "2017-11-07 10:42-04:30", 0},
		{"[[[FNn,3-3]]]", date, "[Tue]", 0},
		{"[Y", date, "", UnclosedMarker},
		{"[q]", date, "", UnknownComponent},
		{"[YN]", date, "", NoNames},
	} {
		got, err := c.format(c.picture)
		var bad *Error
		switch {
		case c.problem != 0 && (!errors.As(err, &bad) || bad.Problem != c.problem):
			t.Errorf("%s: got %q, %v, want problem %d", c.picture, got, err, c.problem)
		case c.problem == 0 && (err != nil || got != c.want):
			t.Errorf("%s: got %q, %v, want %q", c.picture, got, err, c.want)
		}
	}
}

func TestReadInteger(t *testing.T) {
	for _, c := range []struct {
		text, picture string
		want          float64
	}{
		{"12,345", "#,##0", 12345},
		{"twenty-first", "w;o", 21},
		{"two thousand, three hundred and four", "w", 2304},
		{"MCMXCIX", "I", 1999},
		{"ab", "a", 28},
		{"some", "w", math.NaN()},
	} {
		got, err := ReadInteger(c.text, c.picture)
		if err != nil || got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s by %s: got %v, %v, want %v", c.text, c.picture, got, err, c.want)
		}
	}
}

func TestReadDate(t *testing.T) {
	const present = 1510067557121 // 2017-11-07T15:12:37.121Z
	for _, c := range []struct {
		name, text, picture string
		want                string // "" if the text does not have the form
		problem             Problem
	}{
		{"what is greater is of the present", "07:30", "[H01]:[m01]", "2017-11-07T07:30:00.000Z", 0},
		{"what is less is the least", "2018", "[Y]", "2018-01-01T00:00:00.000Z", 0},
		{"names", "7th of November 2019", "[D1o] of [MNn] [Y]", "2019-11-07T00:00:00.000Z", 0},
		{"twelve at night", "2019-01-01 12:05 am", "[Y]-[M]-[D] [h]:[m] [P]", "2019-01-01T00:05:00.000Z", 0},
		{"one after noon", "2019-01-01 1:05 pm", "[Y]-[M]-[D] [h]:[m] [P]", "2019-01-01T13:05:00.000Z", 0},
		{"noon", "2019-01-01 12:05 pm", "[Y]-[M]-[D] [h]:[m] [P]", "2019-01-01T12:05:00.000Z", 0},
		{"a day of the year", "2019 32", "[Y] [d]", "2019-02-01T00:00:00.000Z", 0},
		{"a zone", "2019-01-01 10:00+02:30", "[Y]-[M]-[D] [H]:[m][Z01:01]", "2019-01-01T07:30:00.000Z", 0},
		{"something missing between", "2019 5", "[Y] [D]", "", MissingComponents},
		{"weeks", "2019 5", "[X] [W]", "", MissingComponents},
		{"another form", "soon", "[Y]", "", 0},
		{"no component", "x", "x", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			millis, ok, err := ReadDate(c.text, c.picture, present)
			var bad *Error
			switch {
			case c.problem != 0:
				if !errors.As(err, &bad) || bad.Problem != c.problem {
					t.Errorf("got %v, want problem %d", err, c.problem)
				}
			case err != nil || ok != (c.want != ""):
				t.Errorf("got %v, %v, %v", millis, ok, err)
			case ok:
				if got, _ := FormatISO(millis, 0); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			}
		})
	}
}

func TestReadISO(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // "NaN" if it only looks like a time, "" if it does not
	}{
		{"2017", "2017-01-01T00:00:00.000Z"},
		{"2017-02-31", "2017-03-03T00:00:00.000Z"},
		{"2017-11-07T15:12:37.121+0530", "2017-11-07T09:42:37.121Z"},
		{"2017-13-01", "NaN"},
		{"2017-1", ""},
		{"noon", ""},
	} {
		millis, ok := ReadISO(c.text)
		got := ""
		switch {
		case ok && math.IsNaN(millis):
			got = "NaN"
		case ok:
			got, _ = FormatISO(millis, 0)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
}
