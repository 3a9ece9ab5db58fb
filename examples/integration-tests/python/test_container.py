"""aslocal in a container, with testcontainers."""

import os

import pytest
from greet import greet
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

MACHINES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "machines"))


@pytest.fixture(scope="session")
def endpoint():
    container = (
        DockerContainer("aslocal")
        .with_exposed_ports(8083)
        .with_volume_mapping(MACHINES, "/project", "ro")
        .waiting_for(HttpWaitStrategy(8083, "/_aslocal/health").for_status_code(200))
    )
    with container as aslocal:
        yield f"http://{aslocal.get_container_host_ip()}:{aslocal.get_exposed_port(8083)}"


def test_greet(endpoint: str) -> None:
    assert greet(endpoint) == {"text": "Hello, Ada"}
