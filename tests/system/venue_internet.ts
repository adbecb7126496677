import { fileURLToPath } from "node:url";
import type { RunningProgram } from "../../src/controller/box.ts";
import { box as machine } from "../../src/runtime/box.ts";
import { eventually } from "./delay.ts";
import { INTERNET, type Namespace, type NamespaceLab } from "./network_namespace.ts";

const SERVER = fileURLToPath(new URL("./pages/internet_server.ts", import.meta.url));

/** Where the login pages are, and the hosts that telephones ask whether they are caught. */
export const PORTAL = "203.0.113.30";
export const PROBES = "203.0.113.40";

/** The names of the internet. Two sites share no address, so that a walled garden can let one through. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "www.example.org": [INTERNET.site, INTERNET.site6],
  "garden.example.com": [INTERNET.second, INTERNET.second6],
  "deep.below.garden.example.com": [INTERNET.second],
  "portal.example.net": [PORTAL],
  "connectivitycheck.gstatic.com": [PROBES],
  "captive.apple.com": [PROBES],
  "www.msftconnecttest.com": [PROBES],
  "detectportal.firefox.com": [PROBES],
};

/**
 * Starts the internet's DNS server (on the gateway's address, known to the box), its web servers and iperf3. They end with the
 * namespaces.
 *
 * @param secret The `uamsecret` that the login pages know.
 */
export async function openInternet({ internet, box }: NamespaceLab, secret: string): Promise<void> {
  await machine.writeText(`/etc/netns/${box.name}/resolv.conf`, `nameserver ${INTERNET.gateway}\n`, 0o644);
  for (const address of [PORTAL, PROBES]) {
    await internet.must("ip", "address", "add", `${address}/32`, "dev", "lo");
  }
  const records = Object.entries(NAMES).flatMap(([name, all]) =>
    all.map((one) => `--address=/${name}/${one}`)
  );
  await begin(internet, "dnsmasq", [
    "-k",
    "--conf-file=",
    "--no-resolv",
    "--no-hosts",
    "--log-facility=-",
    ...records,
  ], "started");
  await begin(internet, Deno.execPath(), ["run", "-A", "--no-check", SERVER, secret], "ready");
  await begin(internet, "iperf3", ["-s", "--forceflush"], "listening");
}

/** Starts a program and waits until it says the word. */
async function begin(
  namespace: Namespace,
  program: string,
  args: readonly string[],
  word: string,
): Promise<RunningProgram> {
  let output = "";
  let over = false;
  const running = namespace.start(program, args, (line) => output += `${line}\n`);
  void running.ended.then(() => over = true);
  await eventually(`${program} to say "${word}"`, () => {
    if (output.toLowerCase().includes(word)) return true;
    if (over) throw new Error(`${program} ended:\n${output}`);
  });
  return running;
}
