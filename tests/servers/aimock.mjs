// A language model's server on loopback: npm @copilotkit/aimock with the fixtures of standard input's
// first line. Prints its address; ends when standard input does.
import { createInterface } from "node:readline";
import { LLMock } from "@copilotkit/aimock";

const lines = createInterface({ input: process.stdin });
lines.once("line", async (line) => {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
  mock.addFixtures(JSON.parse(line));
  await mock.start();
  console.log(mock.url);
});
lines.once("close", () => process.exit(0));
