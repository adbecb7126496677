import { deepEqual, ok } from "node:assert/strict";
import { readFreeradiusDocument } from "./freeradius_document.ts";

Deno.test("docs/freeradius.md writes each file once, and links what it writes", async () => {
  const steps = await readFreeradiusDocument();
  const written = steps.flatMap((step) => step.kind === "write" ? [step.path] : []);
  deepEqual(written, [...new Set(written)]);
  const commands = steps.flatMap((step) => step.kind === "shell" ? [step.text] : []).join("");
  for (const path of written) {
    const available = /\/((?:mods|sites)-available\/.+)$/.exec(path)?.[1];
    if (available) ok(commands.includes(`../${available} `), `${path} is never enabled`);
  }
});
