// Command awsmodels makes internal/awsapi/models.bin from the models of AWS's
// services that are published with botocore, at PyPI, and of that of Step Functions
// the tables that tests hold the API against: constraints.txt and violations.txt. It
// fetches botocore with pip, in the version named here, and checks that it is the
// file that is meant:
//
//	go run ./internal/awsmodels
//	go run ./internal/awsmodels -wheel botocore-1.44.8-py3-none-any.whl
//
// For a newer botocore, change version and checksum.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

const (
	version  = "1.44.8"
	checksum = "76342a76c338701db80dcb8afe1c9bd079283d6fffbb9d881442abb02a215043" // SHA-256 of the wheel
)

func main() {
	wheel := flag.String("wheel", "", "the wheel `FILE` of botocore (default: fetched with pip)")
	out := flag.String("out", "internal/awsapi/models.bin", "`FILE` to write the models to")
	tables := flag.String("tables", "emulator/internal/api/testdata", "`FOLDER` to write the tables of Step Functions to")
	flag.Parse()
	if err := run(*wheel, *out, *tables); err != nil {
		fmt.Fprintf(os.Stderr, "awsmodels: error: %v\n", err)
		os.Exit(1)
	}
}

func run(wheel, out, tables string) error {
	if wheel == "" {
		folder, err := os.MkdirTemp("", "awsmodels")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		if wheel, err = fetch(folder); err != nil {
			return err
		}
	}
	content, err := os.ReadFile(wheel)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != checksum {
		return fmt.Errorf("%s: expected botocore %s with the SHA-256 %s, got %x", wheel, version, checksum, sum)
	}
	services, err := readWheel(content)
	if err != nil {
		return fmt.Errorf("%s: %w", wheel, err)
	}
	models, err := compact(services)
	if err != nil {
		return fmt.Errorf("%s: %w", wheel, err)
	}
	if err := os.WriteFile(out, models, 0o644); err != nil {
		return err
	}
	if err := writeTables(services, tables); err != nil {
		return err
	}
	fmt.Printf("%s: %d services of botocore %s in %d bytes\n", out, len(services), version, len(models))
	return nil
}

// writeTables writes constraints.txt and violations.txt into a folder.
func writeTables(services []service, folder string) error {
	i := slices.IndexFunc(services, func(s service) bool { return s.name == "stepfunctions" })
	if i < 0 {
		return errors.New("the wheel has no model of stepfunctions")
	}
	m := services[i].model
	violations, err := m.violations()
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"constraints.txt": m.constraints(), "violations.txt": violations} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fetch downloads the wheel into a folder.
func fetch(folder string) (string, error) {
	pip := exec.Command("python3", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, "botocore=="+version)
	pip.Stderr = os.Stderr
	if err := pip.Run(); err != nil {
		return "", fmt.Errorf("%v: %w (-wheel FILE names a wheel that is there)", pip.Args, err)
	}
	return filepath.Join(folder, "botocore-"+version+"-py3-none-any.whl"), nil
}
