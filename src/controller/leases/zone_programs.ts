import type { Zone } from "../../aaa/identity/zones.ts";
import type { Box } from "../box.ts";
import { dnsmasqConfiguration, type GardenSets } from "./dnsmasq_configuration.ts";
import { dnsmasqFault } from "./dnsmasq_fault.ts";
import { type KeptProgram, keptProgram, type KeptProgramOptions } from "./kept_program.ts";
import { LEASE_EVENT_SCRIPT } from "./lease_records.ts";
import { portalAdvertisement } from "./portal_advertisement.ts";

/** The files of a zone with DHCP. */
export interface ZoneFiles {
  readonly configuration: string;
  readonly processId: string;
  readonly leases: string;
  readonly leaseEvent: string;
  readonly leaseEvents: string;
  readonly advertisement: string;
  readonly advertisementId: string;
}

export function zoneFiles(folder: string): ZoneFiles {
  return {
    configuration: `${folder}/dnsmasq.conf`,
    processId: `${folder}/dnsmasq.pid`,
    leases: `${folder}/leases`,
    leaseEvent: `${folder}/lease_event`,
    leaseEvents: `${folder}/events`,
    advertisement: `${folder}/portal_advertisement.pl`,
    advertisementId: `${folder}/portal_advertisement.pid`,
  };
}

/** What a zone with DHCP is served by. */
export interface ZonePrograms {
  serve(service: ServiceOfZone): Promise<void>;
  /** To be called every second. */
  watch(): Promise<void>;
  /** Ends them and takes away all but the leases. */
  stop(): Promise<void>;
}

export interface ServiceOfZone {
  readonly zone: Zone;
  readonly device: string;
  readonly captivePortalUrl: string | null;
  readonly gardenSets: GardenSets;
}

type Ports = Pick<KeptProgramOptions, "box" | "now" | "reportFault">;

/** @param zoneName For sentences. */
export function zonePrograms(ports: Ports, files: ZoneFiles, zoneName: string): ZonePrograms {
  const { box } = ports;
  const dnsmasq = dnsmasqOf(ports, files, zoneName);
  const advertiser = advertiserOf(ports, files, zoneName);
  return {
    async serve(service) {
      await box.writeText(files.leaseEvent, LEASE_EVENT_SCRIPT, 0o700);
      // dnsmasq would make it for everybody to read.
      if (await box.readText(files.leases) === null) await box.writeText(files.leases, "");
      const interfaceLine = await interfaceLineOf(box, service.device);
      await dnsmasq.configure(
        interfaceLine + dnsmasqConfiguration({ ...service, paths: files, user: await userOf(box) }),
      );
      const program = portalAdvertisement({ ...service, processId: files.advertisementId });
      await (program === null ? advertiser.stop() : advertiser.configure(interfaceLine + program));
    },
    async watch() {
      await dnsmasq.watch();
      await advertiser.watch();
    },
    async stop() {
      await dnsmasq.stop();
      await advertiser.stop();
      await box.remove(files.leaseEvent);
      await box.remove(files.leaseEvents);
    },
  };
}

function dnsmasqOf(ports: Ports, files: ZoneFiles, zoneName: string): KeptProgram {
  const mark = `--conf-file=${files.configuration}`;
  return keptProgram({
    ...ports,
    command: ["dnsmasq", mark],
    mark,
    configuration: files.configuration,
    processId: files.processId,
    // It forgets what it has cached: the gate may have emptied the sets that answers fill.
    isToldAgain: true,
    sentences: {
      ended: `dnsmasq of the zone "${zoneName}" has ended, and is started again`,
      notStarted: (code, stderr) => dnsmasqFault(zoneName, code, stderr),
    },
  });
}

function advertiserOf(ports: Ports, files: ZoneFiles, zoneName: string): KeptProgram {
  const what =
    `Stations of the zone "${zoneName}" do not hear of the captive portal API by IPv6 router advertisements`;
  return keptProgram({
    ...ports,
    command: ["perl", files.advertisement],
    mark: files.advertisement,
    configuration: files.advertisement,
    processId: files.advertisementId,
    isToldAgain: false,
    sentences: {
      ended:
        `The router advertisements of the captive portal API have ended in the zone "${zoneName}", and begin again`,
      notStarted: (code, stderr) =>
        code === 127
          ? `${what}: perl is not installed; \`apt-get install perl-base\` installs it`
          : `${what}: ${stderr.trim() || `perl ended with ${code}`}`,
    },
  });
}

/**
 * A comment by which the configuration of an interface that was unplugged and came back differs: sockets stay bound to
 * the one before, so that both programs have to start again.
 */
async function interfaceLineOf(box: Box, device: string): Promise<string> {
  const { stdout } = await box.run("ip", ["-o", "link", "show", "dev", device]);
  return `# ${device} is the interface ${/^\d+/.exec(stdout)?.[0] ?? "that is not there"}\n`;
}

/** Debian's package makes it; elsewhere dnsmasq becomes `nobody` by itself. */
async function userOf(box: Box): Promise<string | null> {
  return /^dnsmasq:/m.test(await box.readText("/etc/passwd") ?? "") ? "dnsmasq" : null;
}
