"""All actions of Step Functions with the AWS CLI, and a check of each answer.

    client.py AWS FOLDER    AWS is the program, the folder has the definitions of the state machines

A line for each step says what came of it: "ok", a tab, the name of the step; or "differs",
the name and why. The endpoint and the rest come from the environment.
"""

import json
import pathlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

ROLE = "arn:aws:iam::123456789012:role/test"
PREFIX = "arn:aws:states:us-east-1:123456789012:"
CHECK, WORK, EACH = (PREFIX + "stateMachine:" + name for name in ("check", "work", "each"))
PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])


class Refused(Exception):
    """The CLI printed an error and returned 254 or 255."""


def aws(action, **options):
    """aws("list-executions", state_machine_arn="…") runs `aws stepfunctions list-executions --state-machine-arn …`."""
    command = [PROGRAM, "stepfunctions", action, "--output", "json"]
    for name, value in options.items():
        command.append("--" + name.replace("_", "-"))
        if value is not True:
            command.append(value if isinstance(value, str) else json.dumps(value))
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode in (254, 255):
        raise Refused(done.stderr.strip())
    if done.returncode != 0:
        raise AssertionError(f"{action}: exit code {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout or "{}")


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
    """Checks a time: the CLI prints it as a number of seconds or in ISO 8601, as cli_timestamp_format says."""
    if isinstance(date, str):
        date = datetime.fromisoformat(date)
    else:
        date = datetime.fromtimestamp(date, timezone.utc)
    if abs(datetime.now(timezone.utc) - date) > timedelta(hours=1):
        raise AssertionError(f"got {date!r}, want a time of today")


def raises(exception, action, **options):
    try:
        aws(action, **options)
    except Refused as e:
        if f"An error occurred ({exception})" in str(e):
            return
        raise
    raise AssertionError(f"no {exception}")


def definition(name):
    return f"file://{FOLDER / name}.asl.json"


def start(machine, **options):
    return aws("start-execution", state_machine_arn=machine, **options)["executionArn"]


def ended(execution):
    """Waits for the end of an execution."""
    while (answer := aws("describe-execution", execution_arn=execution))["status"] == "RUNNING":
        time.sleep(0.05)
    return answer


def task():
    return aws("get-activity-task", activity_arn=PREFIX + "activity:work", worker_name="cli", cli_read_timeout="70")


with step("CreateActivity"):
    for name in ("work", "a", "b"):
        answer = aws("create-activity", name=name, tags="key=team,value=blue")
        equal(answer["activityArn"], PREFIX + "activity:" + name)
        recent(answer["creationDate"])
    raises("InvalidName", "create-activity", name="a b")

with step("CreateStateMachine"):
    answer = aws("create-state-machine", name="check", definition=definition("check"), role_arn=ROLE)
    equal(answer["stateMachineArn"], CHECK)
    recent(answer["creationDate"])
    for name in ("work", "callback", "each"):
        aws("create-state-machine", name=name, definition=definition(name), role_arn=ROLE)
    aws("create-state-machine", name="quote", definition=definition("check"), role_arn=ROLE, type="EXPRESS")
    raises("StateMachineAlreadyExists", "create-state-machine", name="check", definition=definition("work"), role_arn=ROLE)

with step("DescribeStateMachine"):
    answer = aws("describe-state-machine", state_machine_arn=CHECK)
    equal((answer["definition"], answer["type"], answer["status"]), ((FOLDER / "check.asl.json").read_text(), "STANDARD", "ACTIVE"))
    raises("StateMachineDoesNotExist", "describe-state-machine", state_machine_arn=CHECK + "x")

with step("ListStateMachines"):
    answer = aws("list-state-machines", page_size="2")
    equal(sorted(m["name"] for m in answer["stateMachines"]), ["callback", "check", "each", "quote", "work"])
    page = aws("list-state-machines", max_items="2")
    rest = aws("list-state-machines", starting_token=page["NextToken"])
    equal(len(page["stateMachines"]) + len(rest["stateMachines"]), 5)

with step("ValidateStateMachineDefinition"):
    equal(aws("validate-state-machine-definition", definition=definition("check"))["result"], "OK")
    equal(aws("validate-state-machine-definition", definition="{}")["result"], "FAIL")

with step("DescribeActivity"):
    equal(aws("describe-activity", activity_arn=PREFIX + "activity:work")["name"], "work")
    raises("ActivityDoesNotExist", "describe-activity", activity_arn=PREFIX + "activity:none")

with step("ListActivities"):
    equal([a["name"] for a in aws("list-activities", page_size="2")["activities"]], ["a", "b", "work"])

with step("DeleteActivity"):
    for name in ("a", "b"):
        aws("delete-activity", activity_arn=PREFIX + "activity:" + name)
    equal(len(aws("list-activities")["activities"]), 1)

with step("TagResource"):
    aws("tag-resource", resource_arn=CHECK, tags=[{"key": "team", "value": "blue"}, {"key": "cost", "value": "7"}])

with step("UntagResource"):
    aws("untag-resource", resource_arn=CHECK, tag_keys="cost")

with step("ListTagsForResource"):
    equal(aws("list-tags-for-resource", resource_arn=CHECK)["tags"], [{"key": "team", "value": "blue"}])
    raises("ResourceNotFound", "list-tags-for-resource", resource_arn=CHECK + "x")

with step("StartExecution"):
    answer = aws("start-execution", state_machine_arn=CHECK, name="first", input='{"n": 1}')
    first = answer["executionArn"]
    equal(first, PREFIX + "execution:check:first")
    recent(answer["startDate"])
    ended(first)
    raises("ExecutionAlreadyExists", "start-execution", state_machine_arn=CHECK, name="first", input="{}")

with step("DescribeExecution"):
    answer = aws("describe-execution", execution_arn=first)
    equal((answer["status"], answer["output"], answer["redriveCount"]), ("SUCCEEDED", '{"n":1}', 0))
    recent(answer["stopDate"])
    refused = ended(start(CHECK, input='{"refuse": true}'))
    equal((refused["status"], refused["error"], refused["cause"]), ("FAILED", "Refused", "as asked"))

with step("GetExecutionHistory"):
    events = aws("get-execution-history", execution_arn=first, page_size="2")["events"]
    equal([e["id"] for e in events], [1, 2, 3, 4, 5, 6])
    recent(events[0]["timestamp"])
    equal(aws("get-execution-history", execution_arn=first, reverse_order=True, max_items="1")["events"][0]["id"], 6)

with step("DescribeStateMachineForExecution"):
    equal(aws("describe-state-machine-for-execution", execution_arn=first)["stateMachineArn"], CHECK)

with step("concurrency"):  # fewer than with SDKs: each call is a process
    with ThreadPoolExecutor(5) as pool:
        started = list(pool.map(lambda n: start(CHECK, name=f"many-{n}", input=str(n)), range(5)))
    equal([ended(execution)["output"] for execution in started], ["0", "1", "2", "3", "4"])

with step("ListExecutions"):
    done = aws("list-executions", state_machine_arn=CHECK, status_filter="SUCCEEDED", page_size="2")["executions"]
    equal(sorted(e["name"] for e in done), ["first"] + [f"many-{n}" for n in range(5)])
    raises("ValidationException", "list-executions")

# A worker polls before there is work: the poll is answered when there is.
with step("GetActivityTask"):
    with ThreadPoolExecutor(1) as pool:
        polled = pool.submit(task)
        worked = start(WORK, name="worked", input='{"n": 2}')
        work = polled.result()
    equal(work["input"], '{"n":2}')

with step("SendTaskHeartbeat"):
    aws("send-task-heartbeat", task_token=work["taskToken"])
    raises("InvalidToken", "send-task-heartbeat", task_token="x")

with step("SendTaskSuccess"):
    aws("send-task-success", task_token=work["taskToken"], task_output='{"done": true}')  # --task-output: --output is the CLI's own
    equal(ended(worked)["output"], '{"done":true}')
    raises("TaskTimedOut", "send-task-success", task_token=work["taskToken"], task_output="1")

with step("SendTaskFailure"):
    failed = start(WORK)
    aws("send-task-failure", task_token=task()["taskToken"], error="Broken", cause="it fell")
    equal(ended(failed)["error"], "Broken")

with step("callback"):
    asked = start(PREFIX + "stateMachine:callback", name="asked")
    while True:
        try:
            token = json.loads(aws("describe-execution", execution_arn=PREFIX + "execution:check:asked")["input"])["token"]
            break
        except Refused:
            time.sleep(0.05)
    aws("send-task-success", task_token=token, task_output='"answered"')
    equal(ended(asked)["output"], '"answered"')

with step("StopExecution"):
    stopped = start(WORK, name="stopped")
    recent(aws("stop-execution", execution_arn=stopped, error="Enough", cause="no reason")["stopDate"])
    equal(aws("describe-execution", execution_arn=stopped)["status"], "ABORTED")

with step("RedriveExecution"):
    recent(aws("redrive-execution", execution_arn=stopped)["redriveDate"])
    aws("send-task-success", task_token=task()["taskToken"], task_output="3")
    answer = ended(stopped)
    equal((answer["output"], answer["redriveCount"]), ("3", 1))
    raises("ExecutionNotRedrivable", "redrive-execution", execution_arn=first)

with step("ListMapRuns"):
    mapped = start(EACH, input=[{"seconds": 3600}] * 3)
    while not (runs := aws("list-map-runs", execution_arn=mapped, page_size="2")["mapRuns"]):
        time.sleep(0.05)
    equal(runs[0]["stateMachineArn"], EACH + "/Each")
    run = runs[0]["mapRunArn"]

with step("DescribeMapRun"):
    answer = aws("describe-map-run", map_run_arn=run)
    equal((answer["status"], answer["maxConcurrency"], answer["itemCounts"]["total"]), ("RUNNING", 1, 3))
    raises("ResourceNotFound", "describe-map-run", map_run_arn=run + "x")

with step("UpdateMapRun"):
    aws("update-map-run", map_run_arn=run, max_concurrency="3", tolerated_failure_percentage="12.5")
    answer = aws("describe-map-run", map_run_arn=run)
    equal((answer["maxConcurrency"], answer["toleratedFailurePercentage"]), (3, 12.5))
    aws("stop-execution", execution_arn=mapped)
    raises("ValidationException", "update-map-run", map_run_arn=run, max_concurrency="1")

with step("StartSyncExecution"):
    answer = aws("start-sync-execution", state_machine_arn=PREFIX + "stateMachine:quote", input='{"n": 4}')
    equal((answer["status"], answer["output"]), ("SUCCEEDED", '{"n":4}'))
    raises("StateMachineTypeNotSupported", "start-sync-execution", state_machine_arn=CHECK)

with step("TestState"):
    state = '{"Type": "Pass", "Parameters": {"b.$": "$.a"}, "Next": "Two"}'
    answer = aws("test-state", definition=state, input='{"a": 1}', inspection_level="DEBUG")
    equal((answer["status"], answer["output"], answer["nextState"], answer["inspectionData"]["afterParameters"]), ("SUCCEEDED", '{"b":1}', "Two", '{"b":1}'))

with step("PublishStateMachineVersion"):
    equal(aws("publish-state-machine-version", state_machine_arn=CHECK, description="the first")["stateMachineVersionArn"], CHECK + ":1")
    raises("ConflictException", "publish-state-machine-version", state_machine_arn=CHECK, revision_id="another")

with step("UpdateStateMachine"):
    answer = aws("update-state-machine", state_machine_arn=CHECK, definition=definition("work"), publish=True)
    equal(answer["stateMachineVersionArn"], CHECK + ":2")
    recent(answer["updateDate"])
    raises("MissingRequiredParameter", "update-state-machine", state_machine_arn=CHECK)

with step("ListStateMachineVersions"):
    answer = aws("list-state-machine-versions", state_machine_arn=CHECK)
    equal([v["stateMachineVersionArn"] for v in answer["stateMachineVersions"]], [CHECK + ":2", CHECK + ":1"])

with step("CreateStateMachineAlias"):
    answer = aws("create-state-machine-alias", name="live", routing_configuration=f"stateMachineVersionArn={CHECK}:1,weight=100")
    equal(answer["stateMachineAliasArn"], CHECK + ":live")

with step("UpdateStateMachineAlias"):
    routes = [{"stateMachineVersionArn": CHECK + ":1", "weight": 25}, {"stateMachineVersionArn": CHECK + ":2", "weight": 75}]
    recent(aws("update-state-machine-alias", state_machine_alias_arn=CHECK + ":live", routing_configuration=routes)["updateDate"])

with step("DescribeStateMachineAlias"):
    equal(aws("describe-state-machine-alias", state_machine_alias_arn=CHECK + ":live")["routingConfiguration"], routes)

with step("ListStateMachineAliases"):
    answer = aws("list-state-machine-aliases", state_machine_arn=CHECK)
    equal([a["stateMachineAliasArn"] for a in answer["stateMachineAliases"]], [CHECK + ":live"])

with step("DeleteStateMachineVersion"):
    raises("ConflictException", "delete-state-machine-version", state_machine_version_arn=CHECK + ":1")

with step("DeleteStateMachineAlias"):
    aws("delete-state-machine-alias", state_machine_alias_arn=CHECK + ":live")

with step("DeleteStateMachineVersion"):
    aws("delete-state-machine-version", state_machine_version_arn=CHECK + ":1")

with step("DeleteStateMachine"):
    for name in ("check", "work", "callback", "each", "quote"):
        aws("delete-state-machine", state_machine_arn=PREFIX + "stateMachine:" + name)
    equal(aws("list-state-machines")["stateMachines"], [])
    raises("InvalidArn", "delete-state-machine", state_machine_arn="check")
