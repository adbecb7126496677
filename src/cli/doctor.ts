import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import * as v from "valibot";
import { findZone, listZones, type Zone } from "../aaa/identity/zones.ts";
import type { Config } from "../config.ts";
import type { Control } from "../controller/control/control.ts";
import { examine } from "../controller/doctor/examine.ts";
import { type CertificateState, type Examination, hasGate } from "../controller/doctor/examination.ts";
import { bad, type Finding } from "../controller/doctor/finding.ts";
import { readNetwork } from "../controller/doctor/network_state.ts";
import { Probes } from "../controller/doctor/probe.ts";
import { proveCaptivity } from "../controller/doctor/prove_captivity.ts";
import { DomainError } from "../errors.ts";
import { box } from "../runtime/box.ts";
import { certificateComplaint, readCertificate } from "../runtime/certificate.ts";
import { runningVenue } from "../runtime/control_socket.ts";
import { processId, selfCommand } from "../runtime/self.ts";
import { toldToStop } from "../runtime/stop_signal.ts";
import { askDns, tryAsStranger } from "../runtime/stranger.ts";
import { type Command, textOf } from "./command.ts";
import { refuseOperands } from "./organization.ts";
import { controlPath } from "./running_venue.ts";
import { withInstallation } from "./with_installation.ts";
import type { World } from "./world.ts";

const SSH = 22;
const LABELS = { good: "ok", warning: "warning", bad: "wrong" } as const;
const LABEL_WIDTH = 9;

/** Says what a venue on this machine lacks, and the command that helps. */
export const doctor: Command = {
  name: "doctor",
  operands: "",
  about: "Say what is missing for guests to be caught and let in, and the command that helps.",
  help:
    "--zone ZONE looks at one zone alone. --prove also plugs a throw-away device into each zone's network and tries\n" +
    "what a stranger would; nobody's packets are touched, and nothing stays. Exit code 1: something has to be fixed.\n" +
    "--stranger is what --prove runs inside.",
  options: { zone: { type: "string" }, prove: { type: "boolean" }, stranger: { type: "string" } },
  run: async (world, values, operands) => {
    refuseOperands("doctor", operands);
    const probes = textOf(values, "stranger");
    if (probes !== undefined) return await beStranger(world, probes);
    const findings = await withInstallation(world, values, async ({ db }, config) => {
      const all = await listZones(db);
      const reference = textOf(values, "zone");
      const zones = reference === undefined ? all : [findZone(all, reference)];
      const venue = await runningVenue(controlPath(config));
      const examination = await examinationOf(world, config, zones, venue);
      const examined = await examine(examination);
      return values.prove ? [...examined, ...await prove(config, examination, venue)] : examined;
    }, { touch: false });
    tell(world, findings, values.json === true);
  },
};

async function beStranger(world: World, text: string): Promise<void> {
  const probes = v.safeParse(v.pipe(v.string(), v.parseJson(), Probes), text);
  if (!probes.success) {
    throw new DomainError("invalid_input", "portico doctor: --stranger wants what --prove gives it");
  }
  world.print(JSON.stringify(await tryAsStranger(probes.output)));
}

async function examinationOf(
  world: World,
  config: Config,
  zones: readonly Zone[],
  venue: Control | null,
): Promise<Examination> {
  const folder = resolve(config.data);
  return {
    box,
    zones,
    network: await readNetwork(box),
    isRunning: venue !== null,
    isOwn: (line) =>
      line.some((argument) =>
        argument.startsWith(`--conf-file=${config.data}`) || argument.includes(folder)
      ) ||
      (venue !== null && line.includes("serve")),
    askDns,
    certificate: () => certificateOf(config, world.now()),
    now: world.now(),
  };
}

async function certificateOf(config: Config, now: Date): Promise<CertificateState> {
  const { https, publicUrl, tlsCert, tlsKey } = config;
  if (https === "off") return { kind: "off" };
  if (!publicUrl.startsWith("https://")) {
    return { kind: "bad", complaint: "public_url does not say under which https address guests reach it" };
  }
  const { hostname } = new URL(publicUrl);
  try {
    const certificate = await readCertificate(tlsCert, tlsKey);
    const complaint = certificateComplaint(certificate, hostname, now);
    return complaint === null
      ? { kind: "good", hostname, validTo: certificate.validTo }
      : { kind: "bad", complaint };
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    return { kind: "bad", complaint: fault.message };
  }
}

async function prove(
  config: Config,
  { zones, network }: Examination,
  venue: Control | null,
): Promise<Finding[]> {
  if (!venue) {
    return [bad("captivity", "Nothing can be proven: Portico does not run on this folder", "portico serve")];
  }
  const stations = await venue.stations({});
  // Whoever interrupts it waits until all is taken away again.
  void toldToStop();
  const findings: Finding[] = [];
  for (const zone of zones.filter(hasGate)) {
    findings.push(
      ...await proveCaptivity({
        box,
        network,
        self: [...selfCommand(), "doctor"],
        tag: String(processId()),
        mac: ["02", ...randomBytes(5).toString("hex").match(/../g) ?? []].join(":"),
        taken: () => new Set(stations.flatMap(({ ip }) => ip ?? [])),
        ownPorts: [...new Set([SSH, config.http.port])],
      }, zone),
    );
  }
  return findings;
}

/** @throws {DomainError} conflict when something has to be fixed. */
function tell(world: World, findings: readonly Finding[], json: boolean): void {
  const wrong = findings.filter(({ state }) => state === "bad").length;
  if (json) world.print(JSON.stringify({ healthy: wrong === 0, findings }));
  else findings.forEach((finding) => world.print(linesOf(finding)));
  if (!wrong) return;
  throw new DomainError(
    "conflict",
    wrong === 1 ? "One thing has to be fixed" : `${wrong} things have to be fixed`,
  );
}

function linesOf({ state, zone, text, fix }: Finding): string {
  const sentence = `${LABELS[state].padEnd(LABEL_WIDTH)}${zone === null ? "" : `${zone}: `}${text}`;
  return fix === null ? sentence : `${sentence}\n${" ".repeat(LABEL_WIDTH)}${fix}`;
}
