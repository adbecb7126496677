import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { closeSync, constants, openSync, readSync, watch } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Box, Ran } from "../controller/box.ts";

/** As a shell ends when there is no such program. */
const NOT_FOUND = 127;
const READ_AT_ONCE = 65_536;

/** This machine, through programs and files. */
export const box: Box = { run, start, commandLine, signal, readText, writeText, remove, follow };

function run(program: string, args: readonly string[], input = ""): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const out: Uint8Array[] = [];
    const err: Uint8Array[] = [];
    child.stdout.on("data", (octets: Uint8Array) => out.push(octets));
    child.stderr.on("data", (octets: Uint8Array) => err.push(octets));
    child.on("error", (fault) => resolve({ code: NOT_FOUND, stdout: "", stderr: fault.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, stdout: textOf(out), stderr: textOf(err) }));
    // A program that ended without reading is told by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

function start(program: string, args: readonly string[], onLine: (line: string) => void) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  const ended = new Promise<number | null>((resolve) => {
    child.on("error", (fault) => {
      onLine(fault.message);
      resolve(NOT_FOUND);
    });
    child.on("exit", (code) => resolve(code));
  });
  child.unref();
  return { pid: child.pid ?? 0, ended };
}

async function commandLine(pid: number): Promise<readonly string[] | null> {
  const text = await readText(`/proc/${pid}/cmdline`);
  return text ? text.split("\0").slice(0, -1) : null;
}

function signal(pid: number, name: "SIGTERM" | "SIGKILL" | "SIGHUP"): void {
  try {
    process.kill(pid, name);
  } catch (fault) {
    if (codeOf(fault) !== "ESRCH") throw fault;
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (fault) {
    if (codeOf(fault) === "ENOENT") return null;
    throw fault;
  }
}

async function writeText(path: string, text: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const draft = `${path}.new`;
  await writeFile(draft, text, { mode });
  // `mode` above is cut by the process's umask.
  await chmod(draft, mode);
  await rename(draft, path);
}

async function remove(path: string): Promise<void> {
  await rm(path, { force: true, recursive: true });
}

async function follow(path: string, onLine: (line: string) => void): Promise<{ close(): void }> {
  await mkdir(dirname(path), { recursive: true });
  const file = openSync(path, constants.O_RDONLY | constants.O_CREAT, 0o600);
  const buffer = new Uint8Array(READ_AT_ONCE);
  const decoder = new TextDecoder();
  let rest = "";
  const drain = () => {
    for (;;) {
      const read = readSync(file, buffer, 0, buffer.length, null);
      if (read === 0) return;
      const lines = (rest + decoder.decode(buffer.subarray(0, read), { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(onLine);
    }
  };
  drain();
  const watcher = watch(path, drain);
  return {
    close() {
      watcher.close();
      closeSync(file);
    },
  };
}

function textOf(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString("utf8");
}

function codeOf(fault: unknown): unknown {
  return fault instanceof Error && "code" in fault ? fault.code : undefined;
}
