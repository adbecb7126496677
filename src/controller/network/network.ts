import * as v from "valibot";
import type { Zone } from "../../aaa/identity/zones.ts";
import { DomainError } from "../../errors.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import { type Box, mustRun } from "../box.ts";
import { readLinks, readRouteDevices } from "./ip_output.ts";
import { neighbourRoom } from "./neighbour_room.ts";
import { doing, intention, isSo, type Links, readSetting, Step, stepName, undoing } from "./steps.ts";
import { toldAddresses } from "./told_addresses.ts";
import { zoneDevice } from "./zone_device.ts";

export interface NetworkParts {
  readonly box: Pick<Box, "run" | "readText" | "writeText" | "remove">;
  /** What was changed on the box, for whoever has to put it back. */
  readonly stateFile: string;
  readonly reportFault: (fault: unknown) => void;
}

/** Interfaces, addresses and forwarding of the box, as far as its zones need them. */
export interface Network {
  /**
   * Makes the interfaces be as the zones say. What was so already is left alone, now and at the end; what earlier zones
   * needed and these do not is put back. What cannot be done is reported, and the rest is done.
   */
  apply(zones: readonly Zone[]): Promise<void>;
  /** Puts back all that was changed, also by a process before this one; zones that fail open keep theirs. */
  restore(): Promise<void>;
  deviceOf(zone: Zone): string;
  /** `wan`, or the interfaces of the default routes; none where there is no route. */
  wansOf(zone: Zone): Promise<readonly string[]>;
}

/** A boot makes everything new: what was changed before it is gone. */
const BOOT = "/proc/sys/kernel/random/boot_id";
const State = v.object({ boot: v.string(), steps: v.array(Step) });

export function openNetwork({ box, stateFile, reportFault }: NetworkParts): Network {
  let applied: readonly Zone[] = [];

  const readState = async (): Promise<Step[]> => {
    const text = await box.readText(stateFile);
    if (text === null) return [];
    const state = v.parse(State, JSON.parse(text));
    return state.boot === await box.readText(BOOT) ? state.steps : [];
  };

  const writeState = async (steps: readonly Step[]) => {
    if (!steps.length) return await box.remove(stateFile);
    const state: v.InferOutput<typeof State> = { boot: await box.readText(BOOT) ?? "", steps: [...steps] };
    await box.writeText(stateFile, `${JSON.stringify(state, null, 2)}\n`);
  };

  const listLinks = async (): Promise<Links> =>
    readLinks(await mustRun(box, "ip", ["-j", "address", "show"]));

  const defaultRouteDevices = async () => {
    const routes = await Promise.all(
      ["-4", "-6"].map((family) => mustRun(box, "ip", ["-j", family, "route", "show", "default"])),
    );
    return [...new Set(routes.flatMap(readRouteDevices))];
  };

  /** Takes back those that are still so. @returns those that could not be. */
  const takeBack = async (steps: readonly Step[]): Promise<Step[]> => {
    const stuck: Step[] = [];
    for (const step of steps.toReversed()) {
      if (!(await isSo(box, step, await listLinks()))) continue;
      const [program, ...args] = undoing(step);
      await mustRun(box, program, args).catch((fault) => {
        stuck.push(step);
        reportFault(new Error(`Cannot put back what Portico changed: ${intention(step)}`, { cause: fault }));
      });
    }
    return stuck;
  };

  const take = async (step: Step) => {
    const links = await listLinks();
    if (await isSo(box, step, links)) return;
    const other = step.kind === "port" && links.get(step.device)?.bridge;
    if (other) throw new Error(`it is in the bridge ${other}`);
    const [program, ...args] = doing(step);
    await mustRun(box, program, args);
  };

  const settingSteps = async (zones: readonly Zone[], wans: readonly string[], own: readonly Step[]) => {
    const forwarding = zones.filter(({ options }) => options.forwarding);
    if (!forwarding.length) return [];
    const wanted = [["net/ipv4/ip_forward", "1"]];
    if (forwarding.some(({ options }) => options.address.some((address) => address.includes(":")))) {
      // A router ignores advertisements, and with them loses its own way out, unless it is told not to (2).
      for (const wan of wans) {
        const name = `net/ipv6/conf/${wan}/accept_ra`;
        const isOurs = own.some((step) => step.kind === "setting" && step.name === name);
        if (isOurs || await readSetting(box, name) === "1") wanted.push([name, "2"]);
      }
      wanted.push(["net/ipv6/conf/all/forwarding", "1"]);
    }
    return await Promise.all(wanted.map(async ([name = "", value = ""]): Promise<Step> => {
      return { kind: "setting", name, value, before: await readSetting(box, name) ?? "" };
    }));
  };

  /** Everything that has to be so, in the order in which it is made so. */
  const wantedSteps = async (zones: readonly Zone[], links: Links, own: readonly Step[]): Promise<Step[]> => {
    const isThere = (device: string, zone: Zone) => {
      if (links.has(device)) return true;
      reportFault(
        new DomainError(
          "not_found",
          `Nobody comes in by ${device} of the zone "${zone.name}": the box has no such interface`,
        ),
      );
      return false;
    };
    const wans = (await Promise.all(zones.map(wansOf))).flat();
    const there = zones.map((zone) => ({
      zone,
      interfaces: zone.options.interface.filter((device) => isThere(device, zone)),
    })).filter(({ interfaces }) => interfaces.length);
    return [
      ...there.flatMap(({ zone, interfaces }) => zoneSteps(zone, interfaces, links)),
      ...await settingSteps(zones, [...new Set(wans)], own),
      ...await toldAddresses(box, there.map(({ zone }) => zone), own),
      ...(zones.length ? await neighbourRoom(box, own) : []),
    ];
  };

  const wansOf = async ({ options }: Zone): Promise<readonly string[]> => {
    if (options.wan) return [options.wan];
    const inside = new Set(applied.flatMap((zone) => [...zone.options.interface, zoneDevice(zone)]));
    return (await defaultRouteDevices()).filter((device) => !inside.has(device));
  };

  return {
    async apply(zones) {
      const gated = zones.filter(({ gate }) => gate === "nftables");
      applied = gated;
      const before = await readState();
      const wanted = await wantedSteps(gated, await listLinks(), before);
      const names = new Set(wanted.map(stepName));
      const stuck = await takeBack(before.filter((step) => !names.has(stepName(step))));
      const kept = before.filter((step) => names.has(stepName(step)));
      const known = new Set(kept.map(stepName));
      const links = await listLinks();
      const fresh: Step[] = [];
      for (const step of wanted) {
        if (!known.has(stepName(step)) && !(await isSo(box, step, links))) fresh.push(step);
      }
      // Before the first change: who comes after a crash finds all that may have been done.
      await writeState([...stuck, ...kept, ...fresh]);
      for (const step of wanted) {
        await take(step).catch((fault) =>
          reportFault(new Error(`Cannot ${intention(step)}`, { cause: fault }))
        );
      }
    },
    async restore() {
      const keeping = applied.filter(({ options }) => options.fail_open);
      const before = await readState();
      const kept = keeping.length ? await wantedSteps(keeping, await listLinks(), before) : [];
      const names = new Set(kept.map(stepName));
      const isKept = (step: Step) => names.has(stepName(step));
      await writeState([...before.filter(isKept), ...await takeBack(before.filter((step) => !isKept(step)))]);
    },
    deviceOf: zoneDevice,
    wansOf,
  };
}

function zoneSteps(zone: Zone, interfaces: readonly string[], links: Links): Step[] {
  const device = zoneDevice(zone);
  const isBridged = zone.options.interface.length > 1;
  // A bridge's own address would follow its ports, and with it Called-Station-Id.
  const mac = links.get(interfaces[0] ?? "")?.mac ?? "";
  return [
    ...isBridged
      ? [
        { kind: "bridge" as const, device, mac },
        ...interfaces.flatMap((port): Step[] => [
          { kind: "port", device: port, bridge: device },
          { kind: "up", device: port },
        ]),
      ]
      : [],
    ...zone.options.setaddress
      ? [
        { kind: "up" as const, device },
        ...zone.options.address.map((address): Step => ({
          kind: "address",
          device,
          address: shortest(address),
        })),
      ]
      : isBridged
      ? [{ kind: "up" as const, device }]
      : [],
  ];
}

/** As the kernel shows it. */
function shortest(prefix: string): string {
  const [address = "", bits] = prefix.split("/");
  return `${normalizeIpAddress(address)}/${bits}`;
}
