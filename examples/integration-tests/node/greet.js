// What the tests of both ways do with a server.
import { SFNClient, StartSyncExecutionCommand } from "@aws-sdk/client-sfn";

/** @param {string} endpoint */
export async function greet(endpoint) {
  const client = new SFNClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    disableHostPrefix: true, // else StartSyncExecution looks for the host sync-localhost
  });
  const ended = await client.send(new StartSyncExecutionCommand({
    stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:greet",
    input: JSON.stringify({ name: "Ada" }),
  }));
  return JSON.parse(ended.output ?? "null");
}
