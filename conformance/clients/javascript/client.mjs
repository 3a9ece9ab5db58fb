// All actions of Step Functions with @aws-sdk/client-sfn, and a check of each answer.
//
//     node client.mjs FOLDER    the folder has the definitions of the state machines
//
// A line for each step says what came of it: "ok", a tab, the name of the step; or "differs",
// the name and why. The endpoint and the rest come from the environment.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import * as sfn from "@aws-sdk/client-sfn";

const role = "arn:aws:iam::123456789012:role/test";
const prefix = "arn:aws:states:us-east-1:123456789012:";
const [check, work, each, quote, callback] = ["check", "work", "each", "quote", "callback"].map((name) => `${prefix}stateMachine:${name}`);

const client = new sfn.SFNClient({
  disableHostPrefix: true, // StartSyncExecution and TestState would look for the host sync-127.0.0.1
  requestHandler: { requestTimeout: 70_000, httpAgent: new Agent({ keepAlive: true, maxSockets: 50 }) }, // GetActivityTask is answered after 60 seconds
});

/** Calls an action: call("StartExecution", {…}). */
const call = (action, input = {}) => client.send(new sfn[`${action}Command`](input));

async function step(name, body) {
  try {
    await body();
    console.log(`ok\t${name}`);
  } catch (e) {
    console.log(`differs\t${name}\t${`${e.name}: ${e.message}`.replace(/\s+/g, " ")}`);
  }
}

const equal = assert.deepEqual;

function recent(date) {
  assert(date instanceof Date && Math.abs(Date.now() - date) < 3600_000, `got ${date}, want a time of today`);
}

/** Checks that a call is refused with an exception of that class. */
async function raises(exception, action, input) {
  await assert.rejects(call(action, input), (e) => {
    assert(e instanceof sfn[exception] && e.name === exception && e.message, `got ${e}, want ${exception}`);
    return true;
  });
}

/** All items of a list, by its paginator, in pages of two. */
async function items(action, member, input = {}) {
  const all = [];
  for await (const page of sfn[`paginate${action}`]({ client, pageSize: 2 }, input)) {
    assert(page[member].length <= 2);
    all.push(...page[member]);
  }
  return all;
}

const definition = (name) => readFileSync(`${process.argv[2]}/${name}.asl.json`, "utf8");
const create = (name, of, more) => call("CreateStateMachine", { name, definition: definition(of), roleArn: role, ...more });
const start = async (stateMachineArn, input, name) => (await call("StartExecution", { stateMachineArn, name, input: JSON.stringify(input) })).executionArn;
const task = (activity = "work") => call("GetActivityTask", { activityArn: `${prefix}activity:${activity}`, workerName: "node" });

/** Asks until the answer is there. */
async function until(ask) {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await pause(50);
  }
}

const ended = (executionArn) =>
  until(async () => {
    const answer = await call("DescribeExecution", { executionArn });
    return answer.status !== "RUNNING" && answer;
  });

await step("CreateActivity", async () => {
  for (const name of ["work", "a", "b"]) {
    const answer = await call("CreateActivity", { name, tags: [{ key: "team", value: "blue" }] });
    equal(answer.activityArn, `${prefix}activity:${name}`);
    recent(answer.creationDate);
  }
  await raises("InvalidName", "CreateActivity", { name: "a b" });
});

await step("CreateStateMachine", async () => {
  const answer = await create("check", "check");
  equal(answer.stateMachineArn, check);
  recent(answer.creationDate);
  for (const name of ["work", "callback", "each"]) await create(name, name);
  await create("quote", "check", { type: "EXPRESS" });
  await raises("StateMachineAlreadyExists", "CreateStateMachine", { name: "check", definition: definition("work"), roleArn: role });
  await raises("InvalidDefinition", "CreateStateMachine", { name: "broken", definition: "{}", roleArn: role });
});

await step("DescribeStateMachine", async () => {
  const answer = await call("DescribeStateMachine", { stateMachineArn: check });
  equal([answer.definition, answer.type, answer.status], [definition("check"), "STANDARD", "ACTIVE"]);
  recent(answer.creationDate);
  await raises("StateMachineDoesNotExist", "DescribeStateMachine", { stateMachineArn: `${check}x` });
});

await step("ListStateMachines", async () => {
  equal((await items("ListStateMachines", "stateMachines")).map((m) => m.name).sort(), ["callback", "check", "each", "quote", "work"]);
  await raises("InvalidToken", "ListStateMachines", { nextToken: "x" });
});

await step("ValidateStateMachineDefinition", async () => {
  equal((await call("ValidateStateMachineDefinition", { definition: definition("check") })).result, "OK");
  const answer = await call("ValidateStateMachineDefinition", { definition: "{}" });
  equal([answer.result, answer.diagnostics[0].severity], ["FAIL", "ERROR"]);
});

await step("DescribeActivity", async () => {
  equal((await call("DescribeActivity", { activityArn: `${prefix}activity:work` })).name, "work");
  await raises("ActivityDoesNotExist", "DescribeActivity", { activityArn: `${prefix}activity:none` });
});

await step("ListActivities", async () => {
  equal((await items("ListActivities", "activities")).map((a) => a.name), ["a", "b", "work"]);
});

await step("DeleteActivity", async () => {
  for (const name of ["a", "b"]) await call("DeleteActivity", { activityArn: `${prefix}activity:${name}` });
  equal((await items("ListActivities", "activities")).length, 1);
});

await step("TagResource", async () => {
  await call("TagResource", { resourceArn: check, tags: [{ key: "team", value: "blue" }, { key: "cost", value: "7" }] });
  await raises("ResourceNotFound", "TagResource", { resourceArn: `${check}x`, tags: [] });
});

await step("UntagResource", () => call("UntagResource", { resourceArn: check, tagKeys: ["cost"] }));

await step("ListTagsForResource", async () => {
  equal((await call("ListTagsForResource", { resourceArn: check })).tags, [{ key: "team", value: "blue" }]);
});

let first;
await step("StartExecution", async () => {
  const answer = await call("StartExecution", { stateMachineArn: check, name: "first", input: '{"n": 1}' });
  first = answer.executionArn;
  equal(first, `${prefix}execution:check:first`);
  recent(answer.startDate);
  await ended(first);
  await raises("ExecutionAlreadyExists", "StartExecution", { stateMachineArn: check, name: "first", input: "{}" });
  await raises("InvalidExecutionInput", "StartExecution", { stateMachineArn: check, input: "{" });
  await raises("ValidationException", "StartExecution", { stateMachineArn: check, name: "n".repeat(81) });
});

await step("DescribeExecution", async () => {
  const answer = await call("DescribeExecution", { executionArn: first });
  equal([answer.status, answer.output, answer.redriveCount], ["SUCCEEDED", '{"n":1}', 0]);
  recent(answer.stopDate);
  const refused = await ended(await start(check, { refuse: true }));
  equal([refused.status, refused.error, refused.cause], ["FAILED", "Refused", "as asked"]);
  await raises("ExecutionDoesNotExist", "DescribeExecution", { executionArn: `${first}x` });
});

await step("GetExecutionHistory", async () => {
  const events = await items("GetExecutionHistory", "events", { executionArn: first });
  equal(events.map((e) => e.id), [1, 2, 3, 4, 5, 6]);
  equal(events[5].executionSucceededEventDetails.output, '{"n":1}');
  recent(events[0].timestamp);
  equal((await call("GetExecutionHistory", { executionArn: first, reverseOrder: true, maxResults: 1 })).events[0].id, 6);
});

await step("DescribeStateMachineForExecution", async () => {
  const answer = await call("DescribeStateMachineForExecution", { executionArn: first });
  equal([answer.stateMachineArn, answer.definition], [check, definition("check")]);
  recent(answer.updateDate);
});

await step("concurrency", async () => {
  const started = await Promise.all(Array.from({ length: 50 }, (_, n) => start(check, n, `many-${n}`)));
  for (const [n, execution] of started.entries()) equal((await ended(execution)).output, String(n));
});

await step("ListExecutions", async () => {
  const done = await items("ListExecutions", "executions", { stateMachineArn: check, statusFilter: "SUCCEEDED" });
  equal(done.map((e) => e.name).sort(), ["first", ...Array.from({ length: 50 }, (_, n) => `many-${n}`)].sort());
  recent(done[0].stopDate);
  await raises("ValidationException", "ListExecutions", {});
});

// A worker polls before there is work: the poll is answered when there is.
let taken;
let worked;
await step("GetActivityTask", async () => {
  const polled = task();
  worked = await start(work, { n: 2 }, "worked");
  taken = await polled;
  equal(taken.input, '{"n":2}');
  await raises("ActivityDoesNotExist", "GetActivityTask", { activityArn: `${prefix}activity:none` });
});

await step("SendTaskHeartbeat", async () => {
  await call("SendTaskHeartbeat", { taskToken: taken.taskToken });
  await raises("InvalidToken", "SendTaskHeartbeat", { taskToken: "x" });
});

await step("SendTaskSuccess", async () => {
  await call("SendTaskSuccess", { taskToken: taken.taskToken, output: '{"done": true}' });
  equal((await ended(worked)).output, '{"done":true}');
  await raises("TaskTimedOut", "SendTaskSuccess", { taskToken: taken.taskToken, output: "1" });
});

await step("SendTaskFailure", async () => {
  const failed = await start(work, {});
  await call("SendTaskFailure", { taskToken: (await task()).taskToken, error: "Broken", cause: "it fell" });
  equal((await ended(failed)).error, "Broken");
});

await step("callback", async () => {
  const asked = await start(callback, {}, "asked");
  const nested = await until(() =>
    call("DescribeExecution", { executionArn: `${prefix}execution:check:asked` }).catch((e) => {
      if (!(e instanceof sfn.ExecutionDoesNotExist)) throw e;
    }),
  );
  await call("SendTaskSuccess", { taskToken: JSON.parse(nested.input).token, output: '"answered"' });
  equal((await ended(asked)).output, '"answered"');
});

let stopped;
await step("StopExecution", async () => {
  stopped = await start(work, {}, "stopped");
  recent((await call("StopExecution", { executionArn: stopped, error: "Enough", cause: "no reason" })).stopDate);
  equal((await call("DescribeExecution", { executionArn: stopped })).status, "ABORTED");
});

await step("RedriveExecution", async () => {
  recent((await call("RedriveExecution", { executionArn: stopped })).redriveDate);
  await call("SendTaskSuccess", { taskToken: (await task()).taskToken, output: "3" });
  const answer = await ended(stopped);
  equal([answer.output, answer.redriveCount], ["3", 1]);
  await raises("ExecutionNotRedrivable", "RedriveExecution", { executionArn: first });
});

let mapped;
let run;
await step("ListMapRuns", async () => {
  mapped = await start(each, Array(3).fill({ seconds: 3600 }));
  const [found] = await until(async () => {
    const runs = await items("ListMapRuns", "mapRuns", { executionArn: mapped });
    return runs.length > 0 && runs;
  });
  equal(found.stateMachineArn, `${each}/Each`);
  recent(found.startDate);
  run = found.mapRunArn;
});

await step("DescribeMapRun", async () => {
  const answer = await until(async () => {
    const answer = await call("DescribeMapRun", { mapRunArn: run });
    return answer.itemCounts.running > 0 && answer;
  });
  equal([answer.status, answer.maxConcurrency, answer.itemCounts.total], ["RUNNING", 1, 3]);
  await raises("ResourceNotFound", "DescribeMapRun", { mapRunArn: `${run}x` });
});

await step("UpdateMapRun", async () => {
  await call("UpdateMapRun", { mapRunArn: run, maxConcurrency: 3, toleratedFailurePercentage: 12.5 });
  const answer = await call("DescribeMapRun", { mapRunArn: run });
  equal([answer.maxConcurrency, answer.toleratedFailurePercentage], [3, 12.5]);
  const children = await until(async () => {
    const children = await items("ListExecutions", "executions", { mapRunArn: run });
    return children.length === 3 && children;
  });
  equal((await call("DescribeStateMachineForExecution", { executionArn: children[0].executionArn })).label, "Each");
  await call("StopExecution", { executionArn: mapped });
  await raises("ValidationException", "UpdateMapRun", { mapRunArn: run, maxConcurrency: 1 });
});

await step("StartSyncExecution", async () => {
  const answer = await call("StartSyncExecution", { stateMachineArn: quote, input: '{"n": 4}' });
  equal([answer.status, answer.output], ["SUCCEEDED", '{"n":4}']);
  recent(answer.stopDate);
  await raises("StateMachineTypeNotSupported", "StartSyncExecution", { stateMachineArn: check });
});

await step("TestState", async () => {
  const answer = await call("TestState", {
    definition: '{"Type": "Pass", "Parameters": {"b.$": "$.a"}, "Next": "Two"}', input: '{"a": 1}', inspectionLevel: "DEBUG",
  });
  equal([answer.status, answer.output, answer.nextState, answer.inspectionData.afterParameters], ["SUCCEEDED", '{"b":1}', "Two", '{"b":1}']);
});

await step("PublishStateMachineVersion", async () => {
  const answer = await call("PublishStateMachineVersion", { stateMachineArn: check, description: "the first" });
  equal(answer.stateMachineVersionArn, `${check}:1`);
  recent(answer.creationDate);
  await raises("ConflictException", "PublishStateMachineVersion", { stateMachineArn: check, revisionId: "another" });
});

await step("UpdateStateMachine", async () => {
  const answer = await call("UpdateStateMachine", { stateMachineArn: check, definition: `${definition("check")} `, publish: true });
  equal(answer.stateMachineVersionArn, `${check}:2`);
  recent(answer.updateDate);
  await raises("MissingRequiredParameter", "UpdateStateMachine", { stateMachineArn: check });
});

await step("ListStateMachineVersions", async () => {
  const answer = await call("ListStateMachineVersions", { stateMachineArn: check });
  equal(answer.stateMachineVersions.map((v) => v.stateMachineVersionArn), [`${check}:2`, `${check}:1`]);
});

const routes = [{ stateMachineVersionArn: `${check}:1`, weight: 25 }, { stateMachineVersionArn: `${check}:2`, weight: 75 }];
await step("CreateStateMachineAlias", async () => {
  const answer = await call("CreateStateMachineAlias", { name: "live", routingConfiguration: [{ stateMachineVersionArn: `${check}:1`, weight: 100 }] });
  equal(answer.stateMachineAliasArn, `${check}:live`);
  recent(answer.creationDate);
});

await step("UpdateStateMachineAlias", async () => {
  recent((await call("UpdateStateMachineAlias", { stateMachineAliasArn: `${check}:live`, routingConfiguration: routes })).updateDate);
  await raises("ResourceNotFound", "UpdateStateMachineAlias", { stateMachineAliasArn: `${check}:none`, description: "d" });
});

await step("DescribeStateMachineAlias", async () => {
  equal((await call("DescribeStateMachineAlias", { stateMachineAliasArn: `${check}:live` })).routingConfiguration, routes);
});

await step("ListStateMachineAliases", async () => {
  equal((await call("ListStateMachineAliases", { stateMachineArn: check })).stateMachineAliases.map((a) => a.stateMachineAliasArn), [`${check}:live`]);
});

await step("DeleteStateMachineVersion", () => raises("ConflictException", "DeleteStateMachineVersion", { stateMachineVersionArn: `${check}:1` }));

await step("DeleteStateMachineAlias", () => call("DeleteStateMachineAlias", { stateMachineAliasArn: `${check}:live` }));

await step("DeleteStateMachineVersion", async () => {
  await call("DeleteStateMachineVersion", { stateMachineVersionArn: `${check}:1` });
  equal((await call("ListStateMachineVersions", { stateMachineArn: check })).stateMachineVersions.length, 1);
});

await step("DeleteStateMachine", async () => {
  for (const stateMachineArn of [check, work, each, quote, callback]) await call("DeleteStateMachine", { stateMachineArn });
  equal((await call("ListStateMachines")).stateMachines, []);
  await raises("InvalidArn", "DeleteStateMachine", { stateMachineArn: "check" });
});
