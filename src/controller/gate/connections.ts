import type { Box } from "../box.ts";

/** What `conntrack -D` ends with when there was nothing to delete. */
const NOTHING = 1;
const AT_ONCE = 4;

/** Makes the kernel forget the connections of these addresses, in both directions. @throws {Error} when it cannot. */
export async function endConnections(box: Pick<Box, "run">, addresses: readonly string[]): Promise<void> {
  const todo = addresses.flatMap((address) => {
    const family = address.includes(":") ? "ipv6" : "ipv4";
    return ["--orig-src", "--orig-dst"].map((end) => ["-D", "-f", family, end, address]);
  });
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let args = todo.pop(); args; args = todo.pop()) await forget(box, args);
  }));
}

async function forget(box: Pick<Box, "run">, args: readonly string[]): Promise<void> {
  const { code, stderr } = await box.run("conntrack", args);
  if (code === 0 || (code === NOTHING && stderr.includes("0 flow entries"))) return;
  throw new Error(`Connections go on: conntrack ${args.join(" ")}: ${stderr.trim() || `ended with ${code}`}`);
}
