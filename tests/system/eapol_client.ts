import type { Nas } from "./freeradius_server.ts";

/** What a station does that joins a WPA Enterprise network with EAP-TTLS/PAP. */
export interface EapLogin {
  readonly nas: Nas;
  readonly port: number;
  readonly userName: string;
  readonly password: string;
  /** `02:00:00:00:00:01` */
  readonly station: string;
  /** When eapol_test gives up without an answer. */
  readonly patienceSeconds?: number;
}

export interface EapOutcome {
  readonly result: "accept" | "reject" | "none";
  /** User-Name of the Access-Accept. */
  readonly userNames: readonly string[];
  readonly output: string;
}

/** The outer name that every login here is sent under. */
export const OUTER_NAME = "anonymous";

/** Runs one EAP-TTLS/PAP login with eapol_test. */
export async function eapLogin(login: EapLogin): Promise<EapOutcome> {
  const configuration = await Deno.makeTempFile({ prefix: "portico-eapol-", suffix: ".conf" });
  await Deno.writeTextFile(configuration, network(login));
  const args = ["-c", configuration, "-a", "127.0.0.1", "-p", String(login.port), "-s", login.nas.secret];
  args.push("-A", login.nas.address, "-M", login.station, "-t", String(login.patienceSeconds ?? 20));
  args.push("-N", "30:s:AA-BB-CC-DD-EE-FF:office");
  try {
    const { stdout } = await new Deno.Command("eapol_test", { args, stderr: "null" }).output();
    return outcome(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(configuration);
  }
}

function network({ userName, password }: EapLogin): string {
  const hex = (text: string) =>
    [...new TextEncoder().encode(text)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return [
    "network={",
    '  ssid="office"',
    "  key_mgmt=WPA-EAP",
    "  eap=TTLS",
    `  identity=${hex(userName)}`,
    `  anonymous_identity="${OUTER_NAME}"`,
    `  password=${hex(password)}`,
    '  phase2="auth=PAP"',
    '  ca_cert="/etc/ssl/certs/ssl-cert-snakeoil.pem"',
    "}",
    "",
  ].join("\n");
}

function outcome(output: string): EapOutcome {
  const accept = output.indexOf("code=2 (Access-Accept)");
  const userNames = accept < 0
    ? []
    : [...output.slice(accept).matchAll(/Attribute 1 \(User-Name\) length=\d+\n\s+Value: '(.*)'/g)].map((
      [, name = ""],
    ) => name);
  if (output.trimEnd().endsWith("SUCCESS")) return { result: "accept", userNames, output };
  return { result: output.includes("code=3 (Access-Reject)") ? "reject" : "none", userNames, output };
}
