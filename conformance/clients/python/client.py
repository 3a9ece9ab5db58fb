"""All actions of Step Functions with boto3, and a check of each answer.

    client.py FOLDER    the folder has the definitions of the state machines

A line for each step says what came of it: "ok", a tab, the name of the step; or "differs",
the name and why. The endpoint and the rest come from the environment.
"""

import json
import pathlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

ROLE = "arn:aws:iam::123456789012:role/test"
PREFIX = "arn:aws:states:us-east-1:123456789012:"

# GetActivityTask is answered after 60 seconds if there is no task.
client = boto3.client("stepfunctions", config=Config(read_timeout=70, max_pool_connections=50))


@contextmanager
def step(name):
    try:
        yield
        print(f"ok\t{name}", flush=True)
    except Exception as e:
        print(f"differs\t{name}\t{type(e).__name__}: {' '.join(str(e).split())}", flush=True)


def equal(got, want):
    if got != want:
        raise AssertionError(f"got {got!r}, want {want!r}")


def recent(date):
    if not isinstance(date, datetime) or abs(datetime.now(timezone.utc) - date) > timedelta(hours=1):
        raise AssertionError(f"got {date!r}, want a time of today")


def raises(exception, call, **arguments):
    try:
        call(**arguments)
    except exception as e:
        equal(e.response["Error"]["Code"], exception.__name__)
        return
    raise AssertionError(f"no {exception.__name__}")


def items(action, member, **arguments):
    """All items of a list, by its paginator, in pages of two."""
    return [item for page in client.get_paginator(action).paginate(PaginationConfig={"PageSize": 2}, **arguments) for item in page[member]]


def definition(name):
    return (pathlib.Path(sys.argv[1]) / f"{name}.asl.json").read_text()


def create(name, of, **arguments):
    return client.create_state_machine(name=name, definition=definition(of), roleArn=ROLE, **arguments)["stateMachineArn"]


def ended(execution):
    """Waits for the end of an execution."""
    while (answer := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.05)
    return answer


def task(activity="work"):
    return client.get_activity_task(activityArn=PREFIX + "activity:" + activity, workerName="python")


ERRORS = client.exceptions
CHECK, WORK, EACH = (PREFIX + "stateMachine:" + name for name in ("check", "work", "each"))

with step("CreateActivity"):
    for name in ("work", "a", "b"):
        answer = client.create_activity(name=name, tags=[{"key": "team", "value": "blue"}])
        equal(answer["activityArn"], PREFIX + "activity:" + name)
        recent(answer["creationDate"])
    raises(ERRORS.InvalidName, client.create_activity, name="a b")

with step("CreateStateMachine"):
    answer = client.create_state_machine(name="check", definition=definition("check"), roleArn=ROLE)
    equal(answer["stateMachineArn"], CHECK)
    recent(answer["creationDate"])
    for name in ("work", "callback", "each"):
        create(name, name)
    create("quote", "check", type="EXPRESS")
    raises(ERRORS.StateMachineAlreadyExists, client.create_state_machine, name="check", definition=definition("work"), roleArn=ROLE)
    raises(ERRORS.InvalidDefinition, client.create_state_machine, name="broken", definition="{}", roleArn=ROLE)

with step("DescribeStateMachine"):
    answer = client.describe_state_machine(stateMachineArn=CHECK)
    equal((answer["definition"], answer["type"], answer["status"]), (definition("check"), "STANDARD", "ACTIVE"))
    recent(answer["creationDate"])
    raises(ERRORS.StateMachineDoesNotExist, client.describe_state_machine, stateMachineArn=CHECK + "x")

with step("ListStateMachines"):
    equal(sorted(m["name"] for m in items("list_state_machines", "stateMachines")), ["callback", "check", "each", "quote", "work"])
    raises(ERRORS.InvalidToken, client.list_state_machines, nextToken="x")

with step("ValidateStateMachineDefinition"):
    equal(client.validate_state_machine_definition(definition=definition("check"))["result"], "OK")
    answer = client.validate_state_machine_definition(definition="{}")
    equal((answer["result"], answer["diagnostics"][0]["severity"]), ("FAIL", "ERROR"))

with step("DescribeActivity"):
    equal(client.describe_activity(activityArn=PREFIX + "activity:work")["name"], "work")
    raises(ERRORS.ActivityDoesNotExist, client.describe_activity, activityArn=PREFIX + "activity:none")

with step("ListActivities"):
    equal([a["name"] for a in items("list_activities", "activities")], ["a", "b", "work"])

with step("DeleteActivity"):
    for name in ("a", "b"):
        client.delete_activity(activityArn=PREFIX + "activity:" + name)
    equal(len(items("list_activities", "activities")), 1)

with step("TagResource"):
    client.tag_resource(resourceArn=CHECK, tags=[{"key": "team", "value": "blue"}, {"key": "cost", "value": "7"}])
    raises(ERRORS.ResourceNotFound, client.tag_resource, resourceArn=CHECK + "x", tags=[])

with step("UntagResource"):
    client.untag_resource(resourceArn=CHECK, tagKeys=["cost"])

with step("ListTagsForResource"):
    equal(client.list_tags_for_resource(resourceArn=CHECK)["tags"], [{"key": "team", "value": "blue"}])

with step("StartExecution"):
    answer = client.start_execution(stateMachineArn=CHECK, name="first", input='{"n": 1}')
    first = answer["executionArn"]
    equal(first, PREFIX + "execution:check:first")
    recent(answer["startDate"])
    ended(first)
    raises(ERRORS.ExecutionAlreadyExists, client.start_execution, stateMachineArn=CHECK, name="first", input="{}")
    raises(ERRORS.InvalidExecutionInput, client.start_execution, stateMachineArn=CHECK, input="{")
    raises(ERRORS.ValidationException, client.start_execution, stateMachineArn=CHECK, name="n" * 81)

with step("DescribeExecution"):
    answer = client.describe_execution(executionArn=first)
    equal((answer["status"], answer["output"], answer["redriveCount"]), ("SUCCEEDED", '{"n":1}', 0))
    recent(answer["stopDate"])
    refused = ended(client.start_execution(stateMachineArn=CHECK, input='{"refuse": true}')["executionArn"])
    equal((refused["status"], refused["error"], refused["cause"]), ("FAILED", "Refused", "as asked"))
    raises(ERRORS.ExecutionDoesNotExist, client.describe_execution, executionArn=first + "x")

with step("GetExecutionHistory"):
    events = items("get_execution_history", "events", executionArn=first)
    equal([e["id"] for e in events], [1, 2, 3, 4, 5, 6])
    equal(events[5]["executionSucceededEventDetails"]["output"], '{"n":1}')
    recent(events[0]["timestamp"])
    equal(client.get_execution_history(executionArn=first, reverseOrder=True, maxResults=1)["events"][0]["id"], 6)

with step("DescribeStateMachineForExecution"):
    answer = client.describe_state_machine_for_execution(executionArn=first)
    equal((answer["stateMachineArn"], answer["definition"]), (CHECK, definition("check")))
    recent(answer["updateDate"])

with step("concurrency"):
    with ThreadPoolExecutor(50) as pool:
        started = list(pool.map(lambda n: client.start_execution(stateMachineArn=CHECK, name=f"many-{n}", input=str(n)), range(50)))
    for n, execution in enumerate(started):
        equal(ended(execution["executionArn"])["output"], str(n))

with step("ListExecutions"):
    done = items("list_executions", "executions", stateMachineArn=CHECK, statusFilter="SUCCEEDED")
    equal(sorted(e["name"] for e in done), sorted(["first"] + [f"many-{n}" for n in range(50)]))
    recent(done[0]["stopDate"])
    raises(ERRORS.ValidationException, client.list_executions)

# A worker polls before there is work: the poll is answered when there is.
with step("GetActivityTask"):
    with ThreadPoolExecutor(1) as pool:
        polled = pool.submit(task)
        worked = client.start_execution(stateMachineArn=WORK, name="worked", input='{"n": 2}')["executionArn"]
        work = polled.result()
    equal(work["input"], '{"n":2}')
    raises(ERRORS.ActivityDoesNotExist, task, activity="none")

with step("SendTaskHeartbeat"):
    client.send_task_heartbeat(taskToken=work["taskToken"])
    raises(ERRORS.InvalidToken, client.send_task_heartbeat, taskToken="x")

with step("SendTaskSuccess"):
    client.send_task_success(taskToken=work["taskToken"], output='{"done": true}')
    equal(ended(worked)["output"], '{"done":true}')
    raises(ERRORS.TaskTimedOut, client.send_task_success, taskToken=work["taskToken"], output="1")

with step("SendTaskFailure"):
    failed = client.start_execution(stateMachineArn=WORK)["executionArn"]
    client.send_task_failure(taskToken=task()["taskToken"], error="Broken", cause="it fell")
    equal(ended(failed)["error"], "Broken")

with step("callback"):
    asked = client.start_execution(stateMachineArn=PREFIX + "stateMachine:callback", name="asked")["executionArn"]
    while True:
        try:
            token = json.loads(client.describe_execution(executionArn=PREFIX + "execution:check:asked")["input"])["token"]
            break
        except ERRORS.ExecutionDoesNotExist:
            time.sleep(0.05)
    client.send_task_success(taskToken=token, output='"answered"')
    equal(ended(asked)["output"], '"answered"')

with step("StopExecution"):
    stopped = client.start_execution(stateMachineArn=WORK, name="stopped")["executionArn"]
    recent(client.stop_execution(executionArn=stopped, error="Enough", cause="no reason")["stopDate"])
    equal(client.describe_execution(executionArn=stopped)["status"], "ABORTED")

with step("RedriveExecution"):
    recent(client.redrive_execution(executionArn=stopped)["redriveDate"])
    client.send_task_success(taskToken=task()["taskToken"], output="3")
    answer = ended(stopped)
    equal((answer["output"], answer["redriveCount"]), ("3", 1))
    raises(ERRORS.ExecutionNotRedrivable, client.redrive_execution, executionArn=first)

with step("ListMapRuns"):
    mapped = client.start_execution(stateMachineArn=EACH, input=json.dumps([{"seconds": 3600}] * 3))["executionArn"]
    while not (runs := items("list_map_runs", "mapRuns", executionArn=mapped)):
        time.sleep(0.05)
    equal(runs[0]["stateMachineArn"], EACH + "/Each")
    recent(runs[0]["startDate"])
    run = runs[0]["mapRunArn"]

with step("DescribeMapRun"):
    while (answer := client.describe_map_run(mapRunArn=run))["itemCounts"]["running"] == 0:
        time.sleep(0.05)
    equal((answer["status"], answer["maxConcurrency"], answer["itemCounts"]["total"]), ("RUNNING", 1, 3))
    raises(ERRORS.ResourceNotFound, client.describe_map_run, mapRunArn=run + "x")

with step("UpdateMapRun"):
    client.update_map_run(mapRunArn=run, maxConcurrency=3, toleratedFailurePercentage=12.5)
    answer = client.describe_map_run(mapRunArn=run)
    equal((answer["maxConcurrency"], answer["toleratedFailurePercentage"]), (3, 12.5))
    while len(children := items("list_executions", "executions", mapRunArn=run)) < 3:
        time.sleep(0.05)
    equal(client.describe_state_machine_for_execution(executionArn=children[0]["executionArn"])["label"], "Each")
    client.stop_execution(executionArn=mapped)
    raises(ERRORS.ValidationException, client.update_map_run, mapRunArn=run, maxConcurrency=1)

with step("StartSyncExecution"):
    answer = client.start_sync_execution(stateMachineArn=PREFIX + "stateMachine:quote", input='{"n": 4}')
    equal((answer["status"], answer["output"]), ("SUCCEEDED", '{"n":4}'))
    recent(answer["stopDate"])
    raises(ERRORS.StateMachineTypeNotSupported, client.start_sync_execution, stateMachineArn=CHECK)

with step("TestState"):
    answer = client.test_state(definition='{"Type": "Pass", "Parameters": {"b.$": "$.a"}, "Next": "Two"}', input='{"a": 1}', inspectionLevel="DEBUG")
    equal((answer["status"], answer["output"], answer["nextState"], answer["inspectionData"]["afterParameters"]), ("SUCCEEDED", '{"b":1}', "Two", '{"b":1}'))

with step("PublishStateMachineVersion"):
    answer = client.publish_state_machine_version(stateMachineArn=CHECK, description="the first")
    equal(answer["stateMachineVersionArn"], CHECK + ":1")
    recent(answer["creationDate"])
    raises(ERRORS.ConflictException, client.publish_state_machine_version, stateMachineArn=CHECK, revisionId="another")

with step("UpdateStateMachine"):
    answer = client.update_state_machine(stateMachineArn=CHECK, definition=definition("check") + " ", publish=True)
    equal(answer["stateMachineVersionArn"], CHECK + ":2")
    recent(answer["updateDate"])
    raises(ERRORS.MissingRequiredParameter, client.update_state_machine, stateMachineArn=CHECK)

with step("ListStateMachineVersions"):
    answer = client.list_state_machine_versions(stateMachineArn=CHECK)
    equal([v["stateMachineVersionArn"] for v in answer["stateMachineVersions"]], [CHECK + ":2", CHECK + ":1"])

with step("CreateStateMachineAlias"):
    answer = client.create_state_machine_alias(name="live", routingConfiguration=[{"stateMachineVersionArn": CHECK + ":1", "weight": 100}])
    equal(answer["stateMachineAliasArn"], CHECK + ":live")
    recent(answer["creationDate"])

with step("UpdateStateMachineAlias"):
    routes = [{"stateMachineVersionArn": CHECK + ":1", "weight": 25}, {"stateMachineVersionArn": CHECK + ":2", "weight": 75}]
    recent(client.update_state_machine_alias(stateMachineAliasArn=CHECK + ":live", routingConfiguration=routes)["updateDate"])
    raises(ERRORS.ResourceNotFound, client.update_state_machine_alias, stateMachineAliasArn=CHECK + ":none", description="d")

with step("DescribeStateMachineAlias"):
    equal(client.describe_state_machine_alias(stateMachineAliasArn=CHECK + ":live")["routingConfiguration"], routes)

with step("ListStateMachineAliases"):
    answer = client.list_state_machine_aliases(stateMachineArn=CHECK)
    equal([a["stateMachineAliasArn"] for a in answer["stateMachineAliases"]], [CHECK + ":live"])

with step("DeleteStateMachineVersion"):
    raises(ERRORS.ConflictException, client.delete_state_machine_version, stateMachineVersionArn=CHECK + ":1")

with step("DeleteStateMachineAlias"):
    client.delete_state_machine_alias(stateMachineAliasArn=CHECK + ":live")

with step("DeleteStateMachineVersion"):
    client.delete_state_machine_version(stateMachineVersionArn=CHECK + ":1")
    equal(len(client.list_state_machine_versions(stateMachineArn=CHECK)["stateMachineVersions"]), 1)

with step("DeleteStateMachine"):
    for name in ("check", "work", "callback", "each", "quote"):
        client.delete_state_machine(stateMachineArn=PREFIX + "stateMachine:" + name)
    equal(client.list_state_machines()["stateMachines"], [])
    raises(ERRORS.InvalidArn, client.delete_state_machine, stateMachineArn="check")
