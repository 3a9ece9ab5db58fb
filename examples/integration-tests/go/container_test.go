package integration

import (
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// In a container, with testcontainers-go.
func TestGreetInAContainer(t *testing.T) {
	aslocal, err := testcontainers.Run(t.Context(), "aslocal",
		testcontainers.WithFiles(
			testcontainers.ContainerFile{HostFilePath: "../machines/greet.asl.json", ContainerFilePath: "/project/greet.asl.json", FileMode: 0o644},
			testcontainers.ContainerFile{HostFilePath: "../machines/aslocal.yaml", ContainerFilePath: "/project/aslocal.yaml", FileMode: 0o644},
		),
		testcontainers.WithExposedPorts("8083/tcp"),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/_aslocal/health").WithPort("8083/tcp")),
	)
	testcontainers.CleanupContainer(t, aslocal)
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := aslocal.PortEndpoint(t.Context(), "8083/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	greet(t, sfn.NewFromConfig(emulator.ClientConfig(endpoint, "us-east-1"))) // without the prefix sync-
}
