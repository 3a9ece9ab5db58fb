// aslocal as a process of this machine: no Docker, there in milliseconds.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { greet } from "./greet.js";

const machines = fileURLToPath(new URL("../machines", import.meta.url));

/** @type {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, null>} */
let server;
let endpoint = "";

before(async () => {
  server = spawn(process.env.ASLOCAL ?? "aslocal", ["serve", machines, "--port", "0", "--durability", "memory", "--quiet", "--log-format", "json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: server.stdout })) {
    const message = JSON.parse(line);
    if (message.msg === "api") {
      endpoint = message.text;
      break;
    }
  }
});

after(() => server.kill());

test("greet", async () => {
  assert.deepEqual(await greet(endpoint), { text: "Hello, Ada" });
});
