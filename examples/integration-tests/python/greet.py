"""What the tests of both ways do with a server."""

import json

import boto3
from botocore.config import Config


def greet(endpoint):
    client = boto3.client(
        "stepfunctions",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(inject_host_prefix=False),  # else StartSyncExecution looks for the host sync-localhost
    )
    ended = client.start_sync_execution(
        stateMachineArn="arn:aws:states:us-east-1:123456789012:stateMachine:greet",
        input=json.dumps({"name": "Ada"}),
    )
    return json.loads(ended["output"])
