package lambda

import "runtime"

const (
	isLinux   = runtime.GOOS == "linux"
	isWindows = runtime.GOOS == "windows"
)
