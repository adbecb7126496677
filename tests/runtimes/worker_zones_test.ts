import { deepEqual, equal, match, ok } from "node:assert/strict";
import { TARGETS } from "./harness.ts";

const SETUP = {
  organizations: [{
    slug: "alpha",
    name: "Alpha",
    zones: [{ name: "lobby", interface: ["guest0"], address: ["10.1.0.1/24"], defsessiontimeout: 7200 }],
  }],
  users: [{ username: "ada", password: "secret-of-ada", organizations: ["alpha"] }],
};

interface Status {
  readonly clientState: number;
  readonly challenge?: string;
  readonly session?: { readonly userName: string; readonly sessionTimeout: number };
}

Deno.test("a Worker has its zones as sessions without a network", async () => {
  const workerd = TARGETS.find(({ name }) => name === "workerd");
  ok(workerd);
  const target = await workerd.start({ setup: SETUP, environment: { PORTICO_UAM: "127.0.0.1:80" } });
  try {
    const ask = async (path: string): Promise<Status> => {
      const response = await fetch(`${target.url}/zone/lobby/json/${path}`);
      const text = await response.text();
      equal(response.status, 200, `${text}\n${target.log().slice(-2_000)}`);
      equal(response.headers.get("content-type"), "text/javascript");
      return JSON.parse(text);
    };
    const { clientState, challenge = "" } = await ask("status");
    equal(clientState, 0);
    const accepted = await ask(`logon?username=ada&password=${hidden("secret-of-ada", challenge)}`);
    deepEqual([accepted.clientState, accepted.session?.userName], [1, "ada"]);
    equal((await ask("status")).clientState, 1);
    const { rows } = await target.db.execute("select acctstoptime from radacct");
    deepEqual(rows.map((row) => row[0]), [null]);

    equal((await ask("logoff")).clientState, 0);
    const { rows: stopped } = await target.db.execute("select acctterminatecause from radacct");
    deepEqual(stopped.map((row) => row[0]), ["User-Request"]);

    const page = await fetch(`${target.url}/zone/lobby/www/login`);
    match(await page.text(), /<form method="post"/);
    const strange = await fetch(`${target.url}/zone/nowhere/json/status`);
    equal(strange.status, 404, await strange.text());
  } finally {
    await target.stop();
  }
});

/** Coova 6: the password XOR the challenge, in hex. */
function hidden(password: string, challenge: string): string {
  const key = challenge.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  const octets = new TextEncoder().encode(password);
  return Array.from(octets, (octet, at) => (octet ^ (key[at % 16] ?? 0)).toString(16).padStart(2, "0")).join(
    "",
  );
}
