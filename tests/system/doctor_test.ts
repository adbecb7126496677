import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { eventually } from "./delay.ts";
import { COMMANDS } from "./portico_process.ts";
import { step, type VenueLab, venueLab } from "./venue_lab.ts";
import { GUESTS_ZONE, organization } from "./venue_setup.ts";

interface Diagnosis {
  readonly code: number;
  readonly healthy: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly state: string;
    readonly zone: string | null;
    readonly text: string;
    readonly fix: string | null;
  }[];
}

/** Several interfaces: Portico makes a bridge of them. */
const TERRACE = {
  name: "terrace",
  interface: ["lan1", "lan2"],
  address: ["10.2.0.1/24", "2001:db8:2::1/64"],
};

async function doctor({ network: { box }, dataFolder }: VenueLab, ...options: string[]): Promise<Diagnosis> {
  const [deno, ...args] = COMMANDS.deno;
  const { code, stdout, stderr } = await box.run(deno, [
    ...args,
    "doctor",
    "--json",
    "--data",
    dataFolder,
    ...options,
  ]);
  try {
    return { code, ...JSON.parse(stdout) };
  } catch {
    throw new Error(`portico doctor printed no JSON: ${stdout}${stderr}`);
  }
}

/** The internet's DNS server of the lab knows nothing but its own names. */
const complaints = ({ findings }: Diagnosis) =>
  findings.filter(({ state, check }) => state !== "good" && check !== "dns").map((
    { zone, text },
  ) => [zone, text]);

/** What a proof could leave behind. */
async function traces({ network: { box } }: VenueLab): Promise<string> {
  const shown = [
    await box.must("ip", "netns", "list"),
    await box.must("ip", "-brief", "link"),
    await box.must("tc", "qdisc", "show"),
    await box.must("tc", "filter", "show", "dev", "lan0", "egress"),
    await box.must("ip", "neigh", "show", "10.1.0.254", "dev", "lan0"),
  ];
  return shown.join("\n").split("\n").filter((line) => /prove|clsact|lan0|10\.1\.0\.254/.test(line)).join(
    "\n",
  );
}

Deno.test("portico doctor tells what a venue lacks, and proves from a throw-away device that strangers are caught", async (t) => {
  await using lab = await venueLab({ lans: ["lan0", "lan1", "lan2"] });
  const { network: { box }, venue } = lab;
  await venue.apply({ organizations: [organization([GUESTS_ZONE, TERRACE])] });

  await step(t, lab, "before the venue runs it says so, and proves nothing", async () => {
    const found = await doctor(lab, "--prove");
    equal(found.code, 1);
    deepEqual(complaints(found), [
      [null, "Portico does not run on this folder"],
      [null, "Nothing can be proven: Portico does not run on this folder"],
    ]);
  });

  await venue.start();
  const guest = await lab.guest(1);
  await guest.lease();

  await step(t, lab, "of a venue that runs nothing is to be complained about", async () => {
    const found = await doctor(lab);
    deepEqual(complaints(found), []);
    deepEqual([found.code, found.healthy], [0, true]);
  });

  await step(
    t,
    lab,
    "strangers of a plain interface and of a bridge are caught; a guest's packets all arrive meanwhile",
    async () => {
      const before = await traces(lab);
      const pings = guest.namespace.run("busybox", ["ping", "-c", "40", "-A", "-w", "20", "10.1.0.1"]);
      const slow = guest.namespace.run("busybox", ["ping", "-c", "8", "10.1.0.1"]);
      const found = await doctor(lab, "--prove");
      match((await pings).stdout, / 0% packet loss/);
      match((await slow).stdout, / 0% packet loss/);

      deepEqual(complaints(found), []);
      const proofs = found.findings.filter(({ check }) => check === "captivity");
      const texts = (zone: string) =>
        proofs.filter((finding) => finding.zone === zone).map(({ text }) => text);
      match(texts("default/guests")[0] ?? "", /^A stranger is offered an address \(10\.1\.0\.\d+\)$/);
      deepEqual(texts("default/guests").slice(1), [
        "DNS answers a stranger",
        "A stranger who opens a web page is sent to http://10.1.0.1:3990/www/login",
        "A stranger is refused 9.9.9.9:443 at once",
        "A stranger is refused 9.9.9.9:853 at once",
        "A stranger is refused 10.1.0.1:22 at once",
        "A stranger is refused 10.1.0.1:8000 at once",
      ]);
      ok(texts("default/terrace").includes("A stranger is refused [2620:fe::fe]:443 at once"));
      equal(texts("default/terrace").length, 9);
      equal(await traces(lab), before);
    },
  );

  await step(t, lab, "one zone can be proven alone", async () => {
    const { findings } = await doctor(lab, "--prove", "--zone", "terrace");
    const zones = findings.filter(({ check }) => check === "captivity").map(({ zone }) => zone);
    deepEqual([...new Set(zones)], ["default/terrace"]);
  });

  await step(
    t,
    lab,
    "when somebody has deleted the rules the proof says so, and zone apply heals it",
    async () => {
      await box.must("nft", "delete", "table", "inet", "portico");
      const found = await doctor(lab, "--prove", "--zone", "guests");
      equal(found.code, 1);
      const wrong = found.findings.filter(({ state, check }) => state === "bad" && check === "captivity");
      ok(wrong.some(({ text }) => text.startsWith("A stranger who opens a web page")));
      deepEqual([...new Set(wrong.map(({ fix }) => fix))], ["portico zone apply"]);
      await venue.portico("zone", "apply");
      deepEqual(complaints(await doctor(lab, "--prove", "--zone", "guests")), []);
    },
  );

  await step(t, lab, "what a proof that was killed has left is taken away by the next one", async () => {
    const before = await traces(lab);
    const [deno, ...args] = COMMANDS.deno;
    const proof = box.start(deno, [
      ...args,
      "doctor",
      "--prove",
      "--zone",
      "guests",
      "--data",
      lab.dataFolder,
    ], () => {});
    await eventually("the proof's filters", async () => await traces(lab) !== before || undefined);
    box.signal(proof.pid, "SIGKILL");
    await proof.ended;
    notEqual(await traces(lab), before);
    deepEqual(complaints(await doctor(lab, "--prove", "--zone", "guests")), []);
    const left = (await traces(lab)).split("\n").filter((line) => !before.includes(line));
    deepEqual(left.filter((line) => !line.startsWith("qdisc clsact ")), []);
  });

  await step(t, lab, "a program that has the zone's port is named, once the venue has stopped", async () => {
    await venue.stop("SIGTERM");
    const squatter = box.start("busybox", ["nc", "-l", "-p", "3990"], () => {});
    const port = await eventually("the program at the port", async () => {
      const { findings } = await doctor(lab, "--zone", "guests");
      return findings.find(({ check, state }) => check === "ports" && state === "bad");
    });
    box.signal(squatter.pid, "SIGKILL");
    await squatter.ended;
    match(port.text, /^The program busybox \(\d+\) has the port 3990 that the login page needs$/);
    equal(port.fix, "systemctl disable --now busybox");
  });
});
