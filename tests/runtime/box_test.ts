import { deepEqual, equal } from "node:assert/strict";
import { box } from "../../src/runtime/box.ts";

Deno.test("a program is run with its input, and one that is not there ends with 127", async () => {
  deepEqual(await box.run("cat", [], "text"), { code: 0, stdout: "text", stderr: "" });
  const failed = await box.run("sh", ["-c", "echo no >&2; exit 3"]);
  deepEqual(failed, { code: 3, stdout: "", stderr: "no\n" });
  equal((await box.run("portico-no-such-program", [])).code, 127);
  equal((await box.run("true", [], "x".repeat(1_000_000))).code, 0, "also when nobody reads it");
});

Deno.test("a program that is started tells its lines, its command line and its end", async () => {
  const lines: string[] = [];
  const { pid, ended } = box.start(
    "sh",
    ["-c", "echo one; echo two >&2; exec sleep 60"],
    (line) => lines.push(line),
  );
  while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  deepEqual(lines.toSorted(), ["one", "two"]);
  deepEqual(await box.commandLine(pid), ["sleep", "60"]);
  box.signal(pid, "SIGTERM");
  // It does not keep this process from ending.
  const awake = setInterval(() => {}, 1000);
  equal(await ended, null);
  clearInterval(awake);
  box.signal(pid, "SIGTERM");
});

Deno.test("a file is written whole, with its mode, read, and gone", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/a/b.json`;
  equal(await box.readText(path), null);
  await box.writeText(path, "one");
  equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  await box.writeText(path, "two", 0o755);
  equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o755);
  equal(await box.readText(path), "two");
  await box.remove(folder);
  equal(await box.readText(path), null);
  await box.remove(path);
});

Deno.test("a file is followed line by line, from its beginning", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/events`;
  const lines: string[] = [];
  const until = async (count: number) => {
    while (lines.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await Deno.writeTextFile(path, "one\ntw");
  const following = await box.follow(path, (line) => lines.push(line));
  await until(1);
  await Deno.writeTextFile(path, "o\nthree\n", { append: true });
  await until(3);
  following.close();
  deepEqual(lines, ["one", "two", "three"]);
  await Deno.remove(folder, { recursive: true });
});
