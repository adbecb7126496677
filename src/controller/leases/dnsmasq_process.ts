import type { Box } from "../box.ts";
import { dnsmasqFault } from "./dnsmasq_fault.ts";
import { LEASE_EVENT_SCRIPT } from "./lease_records.ts";

/** The files of a zone's dnsmasq. */
export interface DnsmasqFiles {
  readonly configuration: string;
  readonly processId: string;
  readonly leases: string;
  readonly leaseEvent: string;
  readonly leaseEvents: string;
}

export function dnsmasqFiles(folder: string): DnsmasqFiles {
  return {
    configuration: `${folder}/dnsmasq.conf`,
    processId: `${folder}/dnsmasq.pid`,
    leases: `${folder}/leases`,
    leaseEvent: `${folder}/lease_event`,
    leaseEvents: `${folder}/events`,
  };
}

/** A dnsmasq that goes on when this process ends, and is found again by the next one. */
export interface DnsmasqProcess {
  /**
   * Runs with this configuration from now on. One that runs with the same is left running, and forgets what it has
   * cached: the gate may have emptied the sets that answers fill.
   */
  configure(text: string): Promise<void>;
  /** To be called every second: starts it again when it has ended. */
  watch(): Promise<void>;
  /** Ends it and takes away all but the leases. */
  stop(): Promise<void>;
}

export interface DnsmasqProcessOptions {
  readonly box: Box;
  readonly files: DnsmasqFiles;
  /** For sentences about it. */
  readonly zoneName: string;
  readonly now: () => Date;
  readonly reportFault: (fault: unknown) => void;
}

const FIRST_PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
/** After this time without a fault the next one is the first again. */
const STEADY_MILLISECONDS = 60_000;
const END_MILLISECONDS = 5000;
const LOOK_MILLISECONDS = 20;
/** Not this process's environment, which holds secrets; the folders of system programs are not in everybody's path. */
const ENVIRONMENT = ["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"];

export function dnsmasqProcess(options: DnsmasqProcessOptions): DnsmasqProcess {
  const { box, files, zoneName, now, reportFault } = options;
  let wanted = false;
  let faults = 0;
  let lastTryAt = 0;
  let lastFault = "";

  const runningId = async () => {
    const pid = Number(await box.readText(files.processId));
    const line = pid > 0 ? await box.commandLine(pid) : null;
    // Process numbers are used again: another's is never ended.
    return line?.includes(configurationOption(files)) ? pid : null;
  };
  const start = async () => {
    lastTryAt = now().getTime();
    const { code, stderr } = await box.run("env", [...ENVIRONMENT, "dnsmasq", configurationOption(files)]);
    if (code === 0) {
      lastFault = "";
      return;
    }
    faults += 1;
    const fault = dnsmasqFault(zoneName, code, stderr);
    if (fault !== lastFault) reportFault(new Error(fault));
    lastFault = fault;
  };
  const end = async () => {
    const pid = await runningId();
    if (pid === null) return;
    box.signal(pid, "SIGTERM");
    for (let waited = 0; await runningId() === pid; waited += LOOK_MILLISECONDS) {
      if (waited === END_MILLISECONDS) box.signal(pid, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    }
  };

  return {
    async configure(text) {
      wanted = true;
      const pid = await runningId();
      if (pid !== null && await box.readText(files.configuration) === text) {
        box.signal(pid, "SIGHUP");
        return;
      }
      await end();
      await box.writeText(files.configuration, text);
      await box.writeText(files.leaseEvent, LEASE_EVENT_SCRIPT, 0o700);
      // dnsmasq would make it for everybody to read.
      if (await box.readText(files.leases) === null) await box.writeText(files.leases, "");
      faults = 0;
      await start();
    },
    async watch() {
      if (!wanted || await runningId() !== null) return;
      const since = now().getTime() - lastTryAt;
      if (lastFault === "" && since > STEADY_MILLISECONDS) faults = 0;
      if (faults > 0 && since < pauseAfter(faults)) return;
      if (lastFault === "") {
        faults += 1;
        reportFault(new Error(`dnsmasq of the zone "${zoneName}" has ended, and is started again`));
      }
      await start();
    },
    async stop() {
      wanted = false;
      await end();
      for (const path of [files.configuration, files.processId, files.leaseEvent, files.leaseEvents]) {
        await box.remove(path);
      }
    },
  };
}

function pauseAfter(faults: number): number {
  return Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** (faults - 1), LONGEST_PAUSE_MILLISECONDS);
}

function configurationOption({ configuration }: DnsmasqFiles): string {
  return `--conf-file=${configuration}`;
}
