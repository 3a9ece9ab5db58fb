package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/sourcefile"
)

// This file has the settings that serve and run share: flags, the environment
// variables of Step Functions Local, and the settings file. A flag beats the
// environment, the environment beats the file.

// settings are the shared flags.
type settings struct {
	account, region string
	serves          bool // clients of AWS's tools are to find what is served, in their region
	lambdaEndpoint  string
	s3Endpoint      string
	s3Folder        string
	allServices     string
	services        map[string]*string // endpoints of the services of Step Functions Local, by name
	waitTimeScale   string
	mocks           string
	config          string
}

func (s *settings) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.account, "account", "", "account of clients whose access key names none, 123456789012 if not set (AWS_ACCOUNT_ID)")
	f.StringVar(&s.region, "region", "", "region of what aslocal itself creates, us-east-1 if not set (AWS_REGION, AWS_DEFAULT_REGION; serve: the profile in ~/.aws/config, too)")
	f.StringVar(&s.lambdaEndpoint, "lambda-endpoint", "", "`URL` that Lambda functions are invoked at (LAMBDA_ENDPOINT)")
	f.StringVar(&s.s3Folder, "s3-dir", "", "`folder` whose folders are the buckets of S3 that distributed Maps read and write (ASLOCAL_S3_DIR)")
	f.StringVar(&s.s3Endpoint, "s3-endpoint", "", "`URL` of an S3 that has the other buckets (AWS_ENDPOINT_URL_S3)")
	f.StringVar(&s.allServices, "services-endpoint", "", "`URL` of a server for all AWS services that have no endpoint of their own, such as moto or LocalStack (AWS_ENDPOINT_URL)")
	f.StringVar(&s.waitTimeScale, "wait-time-scale", "", "`number` that multiplies the length of Waits and retry pauses, up to 10000; 1 if not set (WAIT_TIME_SCALE)")
	f.StringVar(&s.mocks, "mocks", "", "mock configuration `file`, whose test cases executions can run; MockConfigFile.json in the folder if there is one (SFN_MOCK_CONFIG)")
	f.StringVar(&s.config, "config", "", "settings `file`; aslocal.yaml in the folder if there is one")
	f.StringVar(&s.account, "aws-account", "", "the same as --account, as in Step Functions Local")
	f.StringVar(&s.region, "aws-region", "", "the same as --region, as in Step Functions Local")
	s.services = make(map[string]*string)
	for _, l := range localServices {
		s.services[l.service] = f.String(l.flag, "", "the `URL` of "+l.service+", as in Step Functions Local")
		f.Lookup(l.flag).Hidden = true
	}
	f.Lookup("aws-account").Hidden = true
	f.Lookup("aws-region").Hidden = true
}

// localServices are the services, beside Lambda, whose endpoints Step Functions Local
// can be given, by its flags and variables.
var localServices = []struct{ service, flag, variable string }{
	{"batch", "batch-endpoint", "BATCH_ENDPOINT"},
	{"dynamodb", "dynamodb-endpoint", "DYNAMODB_ENDPOINT"},
	{"ecs", "ecs-endpoint", "ECS_ENDPOINT"},
	{"glue", "glue-endpoint", "GLUE_ENDPOINT"},
	{"sagemaker", "sagemaker-endpoint", "SAGE_MAKER_ENDPOINT"},
	{"sqs", "sqs-endpoint", "SQS_ENDPOINT"},
	{"sns", "sns-endpoint", "SNS_ENDPOINT"},
}

// A setting can be given by a flag, an environment variable and the settings
// file.
type setting struct {
	flag, text string   // the flag's name and value, "" if it was not given
	variables  []string // of the environment; the first that is set counts
	to         *string  // what the settings file says
	fits       func(string) bool
	expected   string // what fits, for the error
}

// choose replaces what the settings file says by the environment variable or
// flag that was given. A value that does not fit is an error.
func (s *setting) choose() error {
	text, from := s.text, "--"+s.flag
	for _, variable := range s.variables {
		if text == "" {
			text, from = os.Getenv(variable), variable
		}
	}
	if text == "" {
		return nil
	}
	if !s.fits(text) {
		return exit(ExitUsage, "", "%s: expected %s, got %q", from, s.expected, withoutPassword(text))
	}
	*s.to = text
	return nil
}

// load reads the settings file and returns it, as the flags and the environment
// have it, with the options of an emulator.
func (s *settings) load(folder string) (file, []emulator.Option, error) {
	f, err := readSettings(s.config, folder)
	if err != nil {
		return f, nil, err
	}
	if err := f.resolveS3Folder(folder); err != nil {
		return f, nil, err
	}
	if err := f.resolveMocks(folder); err != nil {
		return f, nil, err
	}
	for _, setting := range []setting{
		{"account", s.account, []string{"AWS_ACCOUNT_ID"}, &f.account, isAccount, "twelve digits"},
		{"region", s.region, []string{"AWS_REGION", "AWS_DEFAULT_REGION"}, &f.region, isRegion, "the name of a region such as eu-west-1"},
		{"lambda-endpoint", s.lambdaEndpoint, []string{"LAMBDA_ENDPOINT"}, &f.endpoint, isEndpoint, "a URL such as http://localhost:3001"},
		{"s3-endpoint", s.s3Endpoint, []string{"AWS_ENDPOINT_URL_S3"}, &f.s3Endpoint, isS3Endpoint, "a URL such as http://localhost:9000"},
		{"s3-dir", s.s3Folder, []string{"ASLOCAL_S3_DIR"}, &f.s3Folder, isFolder, "a folder whose folders are buckets"},
		{"services-endpoint", s.allServices, allServicesVariables(), &f.allServices, isServicesEndpoint, serviceExpected},
		{"mocks", s.mocks, []string{"SFN_MOCK_CONFIG"}, &f.mocks, notEmpty, "the path of a mock configuration"},
		{"wait-time-scale", s.waitTimeScale, []string{"WAIT_TIME_SCALE"}, &f.waitTimeScale, isScale, scaleExpected},
	} {
		if err := setting.choose(); err != nil {
			return f, nil, err
		}
	}
	if f.region == "" && s.serves {
		f.region = emulator.ProfileRegion()
	}
	for _, l := range localServices {
		endpoint := f.services[l.service]
		setting := setting{l.flag, *s.services[l.service], []string{l.variable}, &endpoint, isServicesEndpoint, serviceExpected}
		if err := setting.choose(); err != nil {
			return f, nil, err
		}
		if endpoint != "" {
			f.services[l.service] = endpoint
		}
	}
	if err := f.checkMocks(); err != nil {
		return f, nil, err
	}
	return f, f.options(), nil
}

// allServicesVariables are the variables that say where all services are; none, if
// AWS's SDKs would not read them either.
func allServicesVariables() []string {
	if strings.EqualFold(os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") {
		return nil
	}
	return []string{"AWS_ENDPOINT_URL"}
}

// resolveS3Folder makes the path of s3.dir one that can be opened, and checks
// that it is a folder which the settings file may name.
func (f *file) resolveS3Folder(folder string) error {
	if f.s3Folder == "" {
		return nil
	}
	path := f.s3Folder
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	if !f.named && errors.Is(sourcefile.Contains(folder, f.s3Folder), sourcefile.ErrOutside) {
		return exit(ExitUsage, "--s3-dir may name any folder", "%s: s3.dir: %q lies outside of the folder of the settings", f.name, path)
	}
	if !isFolder(path) {
		return exit(ExitUsage, "", "%s: s3.dir: expected a folder whose folders are buckets, got %q", f.name, path)
	}
	f.s3Folder = path
	return nil
}

// options returns the settings as options of an emulator.
func (f *file) options() []emulator.Option {
	var options []emulator.Option
	if f.account != "" {
		options = append(options, emulator.WithAccount(f.account))
	}
	for accessKey, account := range f.accounts {
		options = append(options, emulator.WithAccessKey(accessKey, account))
	}
	if f.region != "" {
		options = append(options, emulator.WithRegion(f.region))
	}
	if f.endpoint != "" {
		options = append(options, emulator.WithLambdaEndpoint(f.endpoint))
	}
	if f.s3Endpoint != "" {
		options = append(options, emulator.WithS3Endpoint(f.s3Endpoint))
	}
	if f.s3Folder != "" {
		options = append(options, emulator.WithS3Folder(f.s3Folder))
	}
	for function, url := range f.functions {
		options = append(options, emulator.WithFunctionURL(function, url))
	}
	if f.allServices != "" {
		options = append(options, emulator.WithServicesEndpoint(f.allServices))
	}
	for service, endpoint := range f.services {
		options = append(options, emulator.WithServiceEndpoint(service, endpoint))
	}
	options = append(options, emulator.WithServiceEnvironment(os.LookupEnv))
	options = append(options, f.http.options()...)
	if f.mocks != "" {
		options = append(options, emulator.WithMocks(f.mocks))
	}
	options = append(options, emulator.WithFaults(f.faults...))
	if scale, err := strconv.ParseFloat(f.waitTimeScale, 64); err == nil {
		options = append(options, emulator.WithWaitTimeScale(scale))
	}
	return options
}

func isAccount(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}

func isRegion(text string) bool {
	return len(text) <= 64 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

var scaleExpected = fmt.Sprintf("a number above 0, at most %d", emulator.MaxWaitTimeScale)

func isScale(text string) bool {
	scale, err := strconv.ParseFloat(text, 64)
	return err == nil && scale > 0 && scale <= emulator.MaxWaitTimeScale
}

// withoutPassword returns a URL, or other text, for people: the password that
// a URL may have is replaced.
func withoutPassword(text string) string {
	credentials, host, ok := cutLast(text, "@")
	if !ok {
		return text
	}
	scheme, user, hasScheme := strings.Cut(credentials, "://")
	if !hasScheme {
		scheme, user = "", credentials
	} else {
		scheme += "://"
	}
	name, _, hasPassword := strings.Cut(user, ":")
	if hasPassword {
		name += ":xxxxx"
	}
	return scheme + name + "@" + host
}

func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// definitionEndings are those of files that have the definition of one state machine.
var definitionEndings = []string{".asl.json", ".asl.yaml", ".asl.yml"}

// definitionBeside is the file with the definition of that name, if there is one.
func definitionBeside(base string) (path string, ok bool) {
	for _, ending := range definitionEndings {
		if isFile(base + ending) {
			return base + ending, true
		}
	}
	return "", false
}

// machineName is the name of the state machine in a file: order.asl.json is
// order.
func machineName(path string) (string, bool) {
	base := filepath.Base(path)
	for _, ending := range definitionEndings {
		if name, ok := strings.CutSuffix(base, ending); ok && name != "" {
			return name, true
		}
	}
	return "", false
}
