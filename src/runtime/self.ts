import process from "node:process";

/** A command that runs this program again, with the same rights: a compiled binary, Bun or Deno on its source. */
export function selfCommand(): readonly string[] {
  const { execPath, argv } = process;
  const script = argv[1] ?? "";
  // A compiled binary has its source inside, at a path that is none of the machine's.
  if (script === "" || script.startsWith("/$bunfs/")) return [execPath];
  return process.versions["deno"] === undefined ? [execPath, script] : [execPath, "run", "-A", script];
}

/** The number of this process, which no other one on the machine has now. */
export function processId(): number {
  return process.pid;
}
