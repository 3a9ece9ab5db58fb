"""aslocal as a process of this machine: no Docker, there in milliseconds."""

import json
import os
import subprocess

import pytest
from greet import greet


@pytest.fixture(scope="session")
def endpoint():
    command = [os.environ.get("ASLOCAL", "aslocal"), "serve", "../machines", "--port", "0", "--durability", "memory", "--quiet", "--log-format", "json"]
    with subprocess.Popen(command, cwd=os.path.dirname(os.path.abspath(__file__)), stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            messages = (json.loads(line) for line in server.stdout)
            yield next(message["text"] for message in messages if message["msg"] == "api")
        finally:
            server.terminate()


def test_greet(endpoint):
    assert greet(endpoint) == {"text": "Hello, Ada"}
