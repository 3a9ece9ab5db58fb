package lambda

import (
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// This file makes the environment variables of processes. AWS documentation:
// "Working with Lambda environment variables".

// inherited are the variables that processes get from aslocal's own. Others
// would hide that a function needs a variable which it does not have on AWS, or
// hand it the credentials of its developer.
var inherited = []string{
	"PATH", "HOME", "USER", "TMPDIR",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "AWS_CA_BUNDLE",
	// Windows, without which little starts there.
	"SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
}

// unset are variables that no function may have: with the first, clients expect
// many calls at a time, and the second is ours.
var unset = []string{"AWS_LAMBDA_MAX_CONCURRENCY", secretVariable}

// secretVariable tells our own programs the address of the Runtime API with the
// secret in it.
const secretVariable = "ASLOCAL_RUNTIME_API"

// variables returns the environment of a process of the function.
func (h *Host) variables(f Function, home Home, p *program, api *runtimeAPI, stream string) []string {
	all := make(map[string]string, 48)
	for _, name := range inherited {
		if text, ok := os.LookupEnv(name); ok {
			all[name] = text
		}
	}
	maps.Copy(all, map[string]string{
		"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
		"_AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1", "_AWS_XRAY_DAEMON_PORT": "2000",
		"LANG": "en_US.UTF-8", "TZ": timeZone(), "PWD": f.Folder, "SHLVL": "0",
	})
	home.setVariables(all, h.home)
	setLibraries(all, f)
	for name, text := range p.variables {
		if before, after, ok := strings.Cut(text, inheritMark); ok {
			text = before + all[name] + after
		}
		all[name] = text
	}
	for _, variable := range h.serviceEnvironment() {
		name, text, _ := strings.Cut(variable, "=")
		all[name] = text
	}
	maps.Copy(all, f.Environment)
	maps.Copy(all, map[string]string{
		"AWS_LAMBDA_RUNTIME_API": api.address, "_HANDLER": f.Handler, "LAMBDA_TASK_ROOT": f.Folder, "LAMBDA_RUNTIME_DIR": p.folder,
		"AWS_LAMBDA_FUNCTION_NAME": f.Name, "AWS_LAMBDA_FUNCTION_VERSION": latest, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.MemoryMB),
		"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/" + f.Name, "AWS_LAMBDA_LOG_STREAM_NAME": stream, "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
	})
	if f.Runtime != "" && !strings.HasPrefix(f.Runtime, "provided") {
		all["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + f.Runtime
	}
	for _, name := range unset {
		delete(all, name)
	}
	if p.secret {
		all[secretVariable] = api.address + strings.TrimSuffix(api.base, apiVersion)
	}
	list := make([]string, 0, len(all))
	for name, text := range all {
		if name != "" && !strings.ContainsAny(name, "=\x00") && !strings.Contains(text, "\x00") {
			list = append(list, name+"="+text)
		}
	}
	slices.Sort(list)
	return list
}

// timeZone is the TZ of Lambda, in the form that Windows understands, too.
func timeZone() string {
	if runtime.GOOS == "windows" {
		return "UTC"
	}
	return ":UTC"
}

// setLibraries lets the function find the programs and shared libraries of its
// layers, and its own.
func setLibraries(all map[string]string, f Function) {
	var programs, libraries []string
	for _, layer := range slices.Backward(f.Layers) {
		programs = appendFolder(programs, layer, "bin")
		libraries = appendFolder(libraries, layer, "lib")
	}
	libraries = appendFolder(libraries, f.Folder, "lib")
	if len(programs) > 0 {
		all["PATH"] = joinPaths(append(programs, all["PATH"]))
	}
	if len(libraries) > 0 {
		all["LD_LIBRARY_PATH"] = joinPaths(libraries)
	}
}
