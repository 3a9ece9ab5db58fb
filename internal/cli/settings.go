package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
)

// This file has the settings that serve and run share: flags, the environment
// variables of Step Functions Local, and the file aslocal.yaml. A flag beats
// the environment, the environment beats the file.

// settings are the shared flags.
type settings struct {
	account, region string
	lambdaEndpoint  string
	waitTimeScale   float64
	config          string
}

// file is aslocal.yaml.
type file struct {
	Account       string             `yaml:"account"`
	Region        string             `yaml:"region"`
	WaitTimeScale float64            `yaml:"waitTimeScale"`
	Lambda        lambdaSettings     `yaml:"lambda"`
	Machines      map[string]machine `yaml:"machines"`
}

type lambdaSettings struct {
	Endpoint  string            `yaml:"endpoint"`
	Functions map[string]string `yaml:"functions"` // name or ARN to URL
}

// machine says more about a state machine that serve registers from a file.
type machine struct {
	File    string `yaml:"file"` // the definition; by default it is found by name
	Type    string `yaml:"type"` // STANDARD or EXPRESS
	RoleArn string `yaml:"roleArn"`
}

func (s *settings) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.account, "account", os.Getenv("AWS_ACCOUNT_ID"), "account in ARNs, 123456789012 if not set (AWS_ACCOUNT_ID)")
	f.StringVar(&s.region, "region", os.Getenv("AWS_DEFAULT_REGION"), "region in ARNs, us-east-1 if not set (AWS_DEFAULT_REGION)")
	f.StringVar(&s.lambdaEndpoint, "lambda-endpoint", os.Getenv("LAMBDA_ENDPOINT"), "URL that Lambda functions are invoked at (LAMBDA_ENDPOINT)")
	scale, _ := strconv.ParseFloat(os.Getenv("WAIT_TIME_SCALE"), 64)
	f.Float64Var(&s.waitTimeScale, "wait-time-scale", scale, "multiplies the length of Waits and retry pauses, 1 if not set (WAIT_TIME_SCALE)")
	f.StringVar(&s.config, "config", "", "settings file; aslocal.yaml in the served folder if there is one")
	f.StringVar(&s.account, "aws-account", s.account, "the same as --account, as in Step Functions Local")
	f.StringVar(&s.region, "aws-region", s.region, "the same as --region, as in Step Functions Local")
	f.Lookup("aws-account").Hidden = true
	f.Lookup("aws-region").Hidden = true
}

// load reads the settings file and returns it with the options of an emulator.
func (s *settings) load(folder string) (file, []emulator.Option, error) {
	config, err := readConfig(s.config, folder)
	if err != nil {
		return config, nil, err
	}
	var options []emulator.Option
	if account := first(s.account, config.Account); account != "" {
		options = append(options, emulator.WithAccount(account))
	}
	if region := first(s.region, config.Region); region != "" {
		options = append(options, emulator.WithRegion(region))
	}
	if endpoint := first(s.lambdaEndpoint, config.Lambda.Endpoint); endpoint != "" {
		options = append(options, emulator.WithLambdaEndpoint(endpoint))
	}
	for function, url := range config.Lambda.Functions {
		options = append(options, emulator.WithFunctionURL(function, url))
	}
	scale := s.waitTimeScale
	if scale == 0 {
		scale = config.WaitTimeScale
	}
	if scale < 0 {
		return config, nil, exit(ExitUsage, "0.1 makes Waits ten times shorter", "--wait-time-scale: expected a positive number, got %v", scale)
	}
	if scale != 0 {
		options = append(options, emulator.WithWaitTimeScale(scale))
	}
	return config, options, nil
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// readConfig reads the named settings file, or aslocal.yaml of the folder if
// there is one. Unknown settings are errors with their place.
func readConfig(name, folder string) (file, error) {
	var config file
	optional := name == ""
	if optional {
		name = filepath.Join(folder, "aslocal.yaml")
	}
	text, err := os.ReadFile(name)
	if optional && os.IsNotExist(err) {
		return config, nil
	}
	if err != nil {
		return config, exit(ExitUsage, "", "%v", err)
	}
	if err := yaml.UnmarshalWithOptions(text, &config, yaml.Strict()); err != nil {
		return config, exit(ExitUsage, "docs/settings.md lists the settings", "%s: %s", name, yaml.FormatError(err, false, true))
	}
	for name, m := range config.Machines {
		if m.Type != "" && m.Type != "STANDARD" && m.Type != "EXPRESS" {
			return config, exit(ExitUsage, "", "machines.%s.type: expected STANDARD or EXPRESS, got %q", name, m.Type)
		}
	}
	return config, nil
}

// machineName is the name of the state machine in a file: order.asl.json is
// order.
func machineName(path string) (string, bool) {
	base := filepath.Base(path)
	for _, ending := range []string{".asl.json", ".asl.yaml", ".asl.yml"} {
		if name, ok := cutSuffix(base, ending); ok {
			return name, true
		}
	}
	return "", false
}

func cutSuffix(s, suffix string) (string, bool) {
	if len(s) > len(suffix) && s[len(s)-len(suffix):] == suffix {
		return s[:len(s)-len(suffix)], true
	}
	return s, false
}

func plural(n int, noun string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
