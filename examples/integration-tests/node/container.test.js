// aslocal in a container, with testcontainers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { GenericContainer, Wait } from "testcontainers";
import { greet } from "./greet.js";

const machines = fileURLToPath(new URL("../machines", import.meta.url));

/** @type {import("testcontainers").StartedTestContainer} */
let aslocal;

before(async () => {
  aslocal = await new GenericContainer("aslocal")
    .withCopyDirectoriesToContainer([{ source: machines, target: "/project" }])
    .withExposedPorts(8083)
    .withWaitStrategy(Wait.forHttp("/_aslocal/health", 8083))
    .start();
});

after(() => aslocal.stop());

test("greet", async () => {
  assert.deepEqual(await greet(`http://${aslocal.getHost()}:${aslocal.getMappedPort(8083)}`), { text: "Hello, Ada" });
});
