package awsclient

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file compares requests and answers with those that the modules of
// aws-sdk-go-v2 have for their own tests. `make awsclient-golden` fetches the
// modules into Go's cache; nothing of them is in this repository.

var golden = flag.Bool("golden", false, "compare with the snapshots of aws-sdk-go-v2, which are fetched")

// goldenServices are the modules, with the names of the services in botocore.
var goldenServices = map[string]string{
	"athena@v1.67.1": "athena", "autoscaling@v1.82.0": "autoscaling", "bedrockruntime@v1.63.13": "bedrock-runtime",
	"cloudfront@v1.73.0": "cloudfront", "cloudwatch@v1.76.0": "cloudwatch", "dynamodb@v1.74.0": "dynamodb", "ec2@v1.347.0": "ec2",
	"ecs@v1.105.1": "ecs", "eks@v1.105.6": "eks", "eventbridge@v1.55.11": "events", "glue@v1.173.0": "glue", "iam@v1.66.0": "iam",
	"kms@v1.62.6": "kms", "lambda@v1.115.0": "lambda", "rds@v1.133.0": "rds", "route53@v1.71.0": "route53", "s3@v1.114.10": "s3",
	"sagemaker@v1.290.0": "sagemaker", "secretsmanager@v1.51.0": "secretsmanager", "sns@v1.48.0": "sns", "sqs@v1.53.0": "sqs",
	"ssm@v1.83.0": "ssm", "sts@v1.52.0": "sts",
}

// misfits are the snapshots that our requests and answers differ from, by the reason.
var misfits = map[string][]string{
	"the model of botocore does not tell an input without members from none, which has no body in CBOR": {
		"cloudwatch request GetOTelEnrichment",
		"cloudwatch request StopOTelEnrichment",
	},
	"an error of the discovery of endpoints, which the model of botocore does not have": {
		"dynamodb response Error_InvalidEndpointException",
	},
	"the model of botocore has the operations about assets and exports otherwise, or not yet": {
		"glue request DeleteAssetType",
		"glue request PutAsset",
		"glue request PutAssetType",
		"glue request PutAttachment",
		"glue request PutDataCatalogExportConfiguration",
		"glue request SearchAssets",
		"glue response AssociateGlossaryTerms",
		"glue response DeleteAssetType",
		"glue response DeleteAttachment",
		"glue response DisassociateGlossaryTerms",
		"glue response GetAssetType",
		"glue response GetDataCatalogExportConfiguration",
		"glue response PutAssetType",
		"glue response PutAttachment",
		"glue response PutDataCatalogExportConfiguration",
		"glue response SearchAssets",
	},
	"SourceRegion is no member of the API: the SDK of Go signs another request for it": {
		"rds request CopyDBClusterSnapshot",
		"rds request CopyDBSnapshot",
		"rds request CreateDBCluster",
		"rds request CreateDBInstanceReadReplica",
	},
	"PartNumberMarker is an integer in the model; the SDK of Go has made a string of it": {
		"s3 request GetObjectAttributes",
		"s3 request ListParts",
	},
}

func TestGolden(t *testing.T) {
	if !*golden {
		t.Skip("the snapshots of aws-sdk-go-v2 are compared by `make awsclient-golden`")
	}
	known := make(map[string]bool)
	for _, names := range misfits {
		for _, name := range names {
			known[name] = true
		}
	}
	found, compared := make(map[string]bool), 0
	for _, module := range slices.Sorted(maps.Keys(goldenServices)) {
		folder := fetchModule(t, module)
		service, err := awsapi.Find(goldenServices[module])
		if err != nil {
			t.Fatal(err)
		}
		if service.Name == "cloudwatch" { // which aws-sdk-go-v2 calls in CBOR
			spoken := *service
			spoken.Protocol = awsapi.CBOR
			service = &spoken
		}
		g := goldenModule{service: service, folder: folder}
		g.read(t, "request_snapshot", "input", func(name string, literal *ast.CompositeLit) error { return g.request(name, literal) })
		g.read(t, "response_snapshot", "want", func(name string, literal *ast.CompositeLit) error { return g.response(name, literal) })
		compared += g.compared
		for name, err := range g.differ {
			name = service.Name + " " + name
			found[name] = true
			if !known[name] {
				t.Errorf("%s: %v", name, err)
			}
		}
		t.Logf("%s: %d snapshots, %d differ", module, g.compared, len(g.differ))
	}
	for name := range known {
		if !found[name] {
			t.Errorf("%s fits, although it is in misfits", name)
		}
	}
	t.Logf("%d snapshots, %d differ", compared, len(found))
}

// fetchModule returns the folder of a module in Go's cache.
func fetchModule(t *testing.T, module string) string {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", "github.com/aws/aws-sdk-go-v2/service/"+module)
	command.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(command.Dir, "go.mod"), []byte("module golden\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command.Output()
	if err != nil {
		t.Skipf("%s cannot be fetched: %v: %s", module, err, out)
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal(out, &downloaded); err != nil {
		t.Fatal(err)
	}
	return downloaded.Dir
}

// A goldenModule is a module of aws-sdk-go-v2.
type goldenModule struct {
	service  *awsapi.Service
	folder   string
	compared int
	differ   map[string]error
}

// read compares all snapshots of a kind: its tests have the values in Go, in the
// variable of a name.
func (g *goldenModule) read(t *testing.T, kind, variable string, compare func(name string, literal *ast.CompositeLit) error) {
	if g.differ == nil {
		g.differ = make(map[string]error)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(g.folder, kind+"_test.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(f.Name.Name, "TestCheck") {
			continue
		}
		_, name, _ := strings.Cut(f.Name.Name, "Snapshot_")
		literal := literalOf(f.Body, variable)
		if literal == nil {
			continue
		}
		err := compare(name, literal)
		if os.IsNotExist(err) {
			continue
		}
		g.compared++
		if err != nil {
			g.differ[strings.TrimSuffix(kind, "_snapshot")+" "+name] = err
		}
	}
}

// literalOf returns what a function assigns to a variable first.
func literalOf(body *ast.BlockStmt, variable string) *ast.CompositeLit {
	for _, statement := range body.List {
		assignment, ok := statement.(*ast.AssignStmt)
		if !ok || assignment.Lhs[0].(*ast.Ident).Name != variable {
			continue
		}
		if pointer, ok := assignment.Rhs[0].(*ast.UnaryExpr); ok {
			literal, _ := pointer.X.(*ast.CompositeLit)
			return literal
		}
	}
	return nil
}

// request compares the request of an operation.
func (g *goldenModule) request(name string, literal *ast.CompositeLit) error {
	snapshot, err := os.ReadFile(filepath.Join(g.folder, "request_snapshot", name+".request.snap"))
	if err != nil {
		return err
	}
	operation := g.service.Operation(name)
	if operation == nil {
		return fmt.Errorf("there is no such operation")
	}
	literalValue, err := goValue(operation.Input, literal)
	if err != nil {
		return err
	}
	input, err := check(operation, literalValue, awsapi.PascalCase, nil)
	if err != nil {
		return err
	}
	return compareRequests(g.service, messageOf(g.service, operation, input), snapshot)
}

// compareRequests compares a message with a snapshot: "METHOD path?query", an
// empty line, headers, an empty line, the body.
func compareRequests(s *awsapi.Service, m *message, snapshot []byte) error {
	line, rest, _ := bytes.Cut(snapshot, []byte("\n\n"))
	head, body, _ := bytes.Cut(append([]byte("\n"), rest...), []byte("\n\n"))
	method, target, _ := strings.Cut(string(line), " ")
	path, query, _ := strings.Cut(target, "?")
	ours := m.path
	if s.Name == "s3" { // where aws-sdk-go-v2 makes the bucket a host
		ours = strings.TrimPrefix(ours, "/__Bucket__")
	}
	if m.method != method || strings.TrimSuffix(ours, "/") != strings.TrimSuffix(path, "/") {
		return fmt.Errorf("%s %s, want %s %s", m.method, ours, method, path)
	}
	got, _ := url.ParseQuery(m.query)
	want, _ := url.ParseQuery(query)
	want.Del("x-id") // which S3 does not read
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("query %v, want %v", got, want)
	}
	if err := compareHeaders(m.header, string(head)); err != nil {
		return err
	}
	return compareBodies(m.header.Get("Content-Type"), m.body, body)
}

func compareHeaders(got http.Header, text string) error {
	want := http.Header{}
	for line := range strings.Lines(text) {
		if name, content, ok := strings.Cut(strings.TrimRight(line, "\n"), ": "); ok {
			want.Add(name, content)
		}
	}
	for _, ignored := range []string{"Accept", "Content-Length"} {
		want.Del(ignored)
		got.Del(ignored)
	}
	for name := range want {
		if strings.Join(got.Values(name), ", ") != strings.Join(want.Values(name), ", ") {
			return fmt.Errorf("header %s %q, want %q", name, got.Values(name), want.Values(name))
		}
	}
	for name := range got {
		if len(want.Values(name)) == 0 {
			return fmt.Errorf("header %s %q, want none", name, got.Values(name))
		}
	}
	return nil
}

// compareBodies compares bodies by what they say, not by the order of members.
func compareBodies(mime string, got, want []byte) error {
	same := bytes.Equal(got, want)
	switch {
	case same:
	case strings.Contains(mime, "json"):
		same = sameJSON(got, want)
	case mime == "application/x-www-form-urlencoded":
		a, _ := url.ParseQuery(string(got))
		b, _ := url.ParseQuery(string(want))
		same = reflect.DeepEqual(a, b)
	case mime == "application/xml":
		a, errA := parseXML(got)
		b, errB := parseXML(want)
		same = errA == nil && errB == nil && reflect.DeepEqual(sortedElement(a), sortedElement(b))
	case mime == "application/cbor":
		a, errA := parseCBOR(got)
		b, errB := parseCBOR(want)
		same = errA == nil && errB == nil && sameJSON([]byte(a.String()), []byte(b.String()))
	}
	if !same {
		return fmt.Errorf("body\n%s\nwant\n%s", got, want)
	}
	return nil
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// sortedElement returns an element with its children sorted by their names.
func sortedElement(e *element) *element {
	slices.SortStableFunc(e.children, func(a, b *element) int { return strings.Compare(a.name, b.name) })
	for _, c := range e.children {
		sortedElement(c)
	}
	return e
}

// response compares the output or the error of an answer.
func (g *goldenModule) response(name string, literal *ast.CompositeLit) error {
	file, isError := strings.CutPrefix(name, "Error_")
	if isError {
		file += ".error.snap"
	} else {
		file += ".response.snap"
	}
	a, err := readAnswer(filepath.Join(g.folder, "response_snapshot", file))
	if err != nil {
		return err
	}
	if isError {
		return g.failure(strings.TrimPrefix(name, "Error_"), a, literal)
	}
	operation := g.service.Operation(name)
	if operation == nil {
		return fmt.Errorf("there is no such operation")
	}
	want, err := goValue(operation.Output, literal)
	if err != nil {
		return err
	}
	want, err = goOutput(operation.Output, want)
	if err != nil {
		return err
	}
	got, err := a.response(g.service, operation, awsapi.PascalCase)
	if err != nil {
		return err
	}
	if !sameJSON([]byte(got.Output.String()), []byte(want.String())) {
		return fmt.Errorf("output\n%s\nwant\n%s", got.Output, want)
	}
	return nil
}

// failure compares the error of an answer.
func (g *goldenModule) failure(name string, a *answer, literal *ast.CompositeLit) error {
	got := a.failure(g.service, &awsapi.Operation{})
	message := ""
	for _, field := range literal.Elts {
		f := field.(*ast.KeyValueExpr)
		if f.Key.(*ast.Ident).Name == "Message" {
			v, err := goValue(&awsapi.Shape{Kind: awsapi.String}, f.Value)
			if err != nil {
				return err
			}
			message = v.Text()
		}
	}
	if !strings.EqualFold(got.Shape, name) || got.Message != message {
		return fmt.Errorf("error %s (code %s) %q, want %s %q", got.Shape, got.Code, got.Message, name, message)
	}
	return nil
}

// readAnswer reads a snapshot: the status, headers, an empty line, the body.
func readAnswer(name string) (*answer, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r := bufio.NewReader(bytes.NewReader(content))
	line, _ := r.ReadString('\n')
	a := &answer{header: make(http.Header)}
	if a.status, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		return nil, err
	}
	for {
		line, err := r.ReadString('\n')
		name, content, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ": ")
		if !ok || err != nil {
			break
		}
		a.header.Add(name, content)
	}
	a.body, err = io.ReadAll(r)
	return a, err
}

// goOutput brings a value of Go into the form of an output.
func goOutput(s *awsapi.Shape, v value.Value) (value.Value, error) {
	switch s.Kind {
	case awsapi.Structure:
		var b value.ObjectBuilder
		for name, m := range s.Members(awsapi.PascalCase) {
			member := v.Get(name)
			if !member.Exists() {
				continue
			}
			out, err := goOutput(m.Shape, member)
			if err != nil {
				return out, err
			}
			b.Set(name, out)
		}
		return b.Value(), nil
	case awsapi.List:
		var items []value.Value
		for _, item := range v.Items() {
			out, err := goOutput(s.Element, item)
			if err != nil {
				return out, err
			}
			items = append(items, out)
		}
		return value.OfSlice(items), nil
	case awsapi.Map:
		var b value.ObjectBuilder
		for key, item := range v.Members() {
			out, err := goOutput(s.Element, item)
			if err != nil {
				return out, err
			}
			b.Set(key, out)
		}
		return b.Value(), nil
	case awsapi.Timestamp:
		return scalar(s, v.Text(), awsapi.PascalCase)
	}
	return v, nil
}

// goValue evaluates an expression of Go as a value of a shape.
func goValue(s *awsapi.Shape, e ast.Expr) (value.Value, error) {
	switch x := e.(type) {
	case *ast.UnaryExpr:
		return goValue(s, x.X)
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			text, err := strconv.Unquote(x.Value)
			return value.OfString(text), err
		}
		if s.Kind == awsapi.String { // the SDK of Go makes integers of some
			return value.OfString(x.Value), nil
		}
		f, err := strconv.ParseFloat(x.Value, 64)
		return value.OfFloat(f), err
	case *ast.Ident:
		switch x.Name {
		case "true", "false":
			return value.OfBool(x.Name == "true"), nil
		case "nil":
			return value.NullValue, nil
		}
	case *ast.CallExpr:
		return goCall(s, x)
	case *ast.CompositeLit:
		return goComposite(s, x)
	}
	return value.Value{}, fmt.Errorf("the test has an unknown expression %T", e)
}

// goCall evaluates ptr.String("x"), types.Kind("x"), []byte("x"), readers and
// times.
func goCall(s *awsapi.Shape, call *ast.CallExpr) (value.Value, error) {
	if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Date" {
		var parts [7]int
		for i := range parts {
			if literal, ok := call.Args[i].(*ast.BasicLit); ok {
				parts[i], _ = strconv.Atoi(literal.Value)
			} else if month, ok := call.Args[i].(*ast.SelectorExpr); ok && month.Sel.Name == "January" {
				parts[i] = 1
			} else {
				return value.Value{}, fmt.Errorf("the test has an unknown date")
			}
		}
		t := time.Date(parts[0], time.Month(parts[1]), parts[2], parts[3], parts[4], parts[5], parts[6], time.UTC)
		return value.OfString(t.Format(timeLayout)), nil
	}
	return goValue(s, call.Args[0])
}

func goComposite(s *awsapi.Shape, literal *ast.CompositeLit) (value.Value, error) {
	if s.Union || isGoUnion(s, literal) {
		_, name, _ := strings.Cut(literal.Type.(*ast.SelectorExpr).Sel.Name, "Member")
		m := goMember(s, name)
		if m == nil {
			return value.Value{}, fmt.Errorf("there is no member %s", name)
		}
		v, err := goValue(m.Shape, literal.Elts[0].(*ast.KeyValueExpr).Value)
		return value.OfMembers(capitalOf(m), v), err
	}
	if s.Kind == awsapi.Map || s.Kind == awsapi.Document {
		var b value.ObjectBuilder
		for _, element := range literal.Elts {
			pair, ok := element.(*ast.KeyValueExpr)
			if !ok {
				return value.Value{}, fmt.Errorf("the test has an unknown document")
			}
			of := s
			if s.Kind == awsapi.Map {
				of = s.Element
			}
			key, err := goValue(&awsapi.Shape{Kind: awsapi.String}, pair.Key)
			if err != nil {
				return key, err
			}
			v, err := goValue(of, pair.Value)
			if err != nil {
				return v, err
			}
			b.Set(key.Text(), v)
		}
		return b.Value(), nil
	}
	if s.Kind == awsapi.List {
		var items []value.Value
		for _, element := range literal.Elts {
			item, err := goValue(s.Element, element)
			if err != nil {
				return item, err
			}
			items = append(items, item)
		}
		return value.OfSlice(items), nil
	}
	var b value.ObjectBuilder
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return value.Value{}, fmt.Errorf("the test has an unknown structure")
		}
		m := goMember(s, pair.Key.(*ast.Ident).Name)
		if m == nil {
			return value.Value{}, fmt.Errorf("there is no member %s", pair.Key.(*ast.Ident).Name)
		}
		v, err := goValue(m.Shape, pair.Value)
		if err != nil {
			return v, err
		}
		if !v.IsNull() {
			b.Set(capitalOf(m), v)
		}
	}
	return b.Value(), nil
}

// isGoUnion reports whether a structure that the model does not call a union is one
// in Go, as AttributeValue is.
func isGoUnion(s *awsapi.Shape, literal *ast.CompositeLit) bool {
	name, ok := literal.Type.(*ast.SelectorExpr)
	return ok && s.Kind == awsapi.Structure && strings.Contains(name.Sel.Name, "Member") && len(literal.Elts) == 1 &&
		literal.Elts[0].(*ast.KeyValueExpr).Key.(*ast.Ident).Name == "Value" && goMember(s, "Value") == nil
}

// goMember returns the member that a field of Go is.
func goMember(s *awsapi.Shape, field string) *awsapi.Member {
	for _, m := range s.InOrder() {
		if strings.EqualFold(m.Name, strings.TrimSuffix(field, "_")) {
			return m
		}
	}
	return nil
}

func capitalOf(m *awsapi.Member) string { return strings.ToUpper(m.Name[:1]) + m.Name[1:] }
