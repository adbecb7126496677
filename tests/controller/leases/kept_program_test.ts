import { deepEqual, equal } from "node:assert/strict";
import type { Box } from "../../../src/controller/box.ts";
import { keptProgram } from "../../../src/controller/leases/kept_program.ts";

/** A machine in memory on which `server` can be started; it has one process at most. */
function memoryMachine() {
  const files = new Map<string, string>();
  const signals: string[] = [];
  let running: { pid: number; line: string[] } | null = null;
  let starts = 0;
  let answer = { code: 0, stdout: "", stderr: "" };
  const box: Pick<Box, "run" | "commandLine" | "signal" | "readText" | "writeText" | "remove"> = {
    run(_program, args) {
      starts += 1;
      if (answer.code !== 0) return Promise.resolve(answer);
      running = { pid: 100 + starts, line: args.slice(args.indexOf("server")) };
      files.set("/pid", `${running.pid}\n`);
      return Promise.resolve(answer);
    },
    commandLine: (pid) => Promise.resolve(running?.pid === pid ? running.line : null),
    signal(pid, name) {
      signals.push(`${name} ${pid}`);
      if (running?.pid === pid && name !== "SIGHUP") running = null;
    },
    readText: (path) => Promise.resolve(files.get(path) ?? null),
    writeText: (path, text) => Promise.resolve(void files.set(path, text)),
    remove: (path) => Promise.resolve(void files.delete(path)),
  };
  return {
    box,
    files,
    signals,
    starts: () => starts,
    dies: () => running = null,
    becomes: (pid: number, ...line: string[]) => {
      running = { pid, line };
      files.set("/pid", `${pid}\n`);
    },
    answers: (code: number, stderr = "") => answer = { code, stdout: "", stderr },
  };
}

function kept() {
  const machine = memoryMachine();
  const faults: string[] = [];
  let time = Date.UTC(2026, 10, 22, 12);
  const program = keptProgram({
    box: { ...machine.box, start: unused, follow: unused },
    command: ["server", "--conf=/conf"],
    mark: "--conf=/conf",
    configuration: "/conf",
    processId: "/pid",
    isToldAgain: true,
    now: () => new Date(time),
    sentences: { ended: "ended", notStarted: (code, stderr) => `${code} ${stderr}` },
    reportFault: (fault) => faults.push(fault instanceof Error ? fault.message : ""),
  });
  /** Each second of them. */
  const watch = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      time += 1000;
      await program.watch();
    }
  };
  return { ...machine, ...program, watch, faults };
}

function unused(): never {
  throw new Error("not called");
}

Deno.test("a running one with the same configuration is left running, also another process's", async () => {
  const server = kept();
  server.becomes(7, "server", "--conf=/conf");
  server.files.set("/conf", "a");
  await server.configure("a");
  equal(server.starts(), 0);
  deepEqual(server.signals, ["SIGHUP 7"]);
  await server.configure("b");
  equal(server.starts(), 1);
  deepEqual(server.signals, ["SIGHUP 7", "SIGTERM 7"]);
  equal(server.files.get("/conf"), "b");
});

Deno.test("another program that has got its number is left alone", async () => {
  const server = kept();
  server.becomes(7, "editor", "/conf");
  server.files.set("/conf", "a");
  await server.configure("a");
  equal(server.starts(), 1);
  await server.stop();
  deepEqual(server.signals, ["SIGTERM 101"]);
  deepEqual([...server.files.keys()], []);
});

Deno.test("one that died is started at once; one that dies again and again waits longer each time", async () => {
  const server = kept();
  await server.configure("a");
  server.dies();
  await server.watch(1);
  deepEqual([server.starts(), server.faults], [2, ["ended"]]);
  const before = server.starts();
  for (let second = 0; second < 60; second += 1) {
    server.dies();
    await server.watch(1);
  }
  // After 1, 2, 4, 8, 16 seconds, and not yet after 32.
  equal(server.starts() - before, 5);
});

Deno.test("one that was well for a minute is started at once again", async () => {
  const server = kept();
  await server.configure("a");
  for (let time = 0; time < 3; time += 1) {
    await server.watch(61);
    server.dies();
    await server.watch(1);
  }
  equal(server.starts(), 4);
});

Deno.test("why it does not start is said once, and it is tried until it does", async () => {
  const server = kept();
  server.answers(127, "missing");
  await server.configure("a");
  await server.watch(200);
  deepEqual(server.faults, ["127 missing"]);
  server.answers(2, "port");
  await server.watch(60);
  deepEqual(server.faults, ["127 missing", "2 port"]);
  server.answers(0);
  const before = server.starts();
  await server.watch(120);
  equal(server.starts(), before + 1);
});

Deno.test("one that was stopped stays so", async () => {
  const server = kept();
  await server.configure("a");
  await server.stop();
  await server.watch(100);
  equal(server.starts(), 1);
});
