import { deepEqual, equal } from "node:assert/strict";
import { childProcess } from "./child_process.ts";
import { freeUdpPort } from "./free_port.ts";
import { DEBIAN_FOLDER } from "./freeradius_document.ts";
import { type PorticoVenue, startPortico } from "./portico_venue.ts";
import { type RadiusReply, sendRadius, type SentAttribute } from "./radius_client.ts";

const TOKEN = "165f9a790787fc38e5cc12c1640db2300648d9a2";
const NAS = { client: "old", address: "127.0.0.1", secret: "the-old-secret-0001" };
const STATION: SentAttribute[] = [
  ["NAS-IP-Address", "10.0.0.1"],
  ["NAS-Port", 1],
  ["Called-Station-Id", "00-27-22-F3-FA-F1:hostname"],
  ["Calling-Station-Id", "5c:7d:c1:72:a7:3b"],
];

Deno.test("FreeRADIUS as configured for django-freeradius works with us unchanged", async (t) => {
  await using portico = await startPortico({
    organizations: [{ slug: "default", name: "Default" }],
    users: [{ username: "ada", password: "100% ada's", organizations: ["default"] }],
  });
  await using freeradius = await startOldFreeradius(portico);
  const { send } = freeradius;

  await t.step("a password and a user token let in, a wrong password does not", async () => {
    const accepted = await send("auth", ["User-Password", "100% ada's"], ...STATION);
    equal(accepted.code, "Access-Accept");
    deepEqual(accepted.attributes["Session-Timeout"], ["10800"]);
    const token = await portico.userToken("ada", "100% ada's");
    equal((await send("auth", ["User-Password", token], ...STATION)).code, "Access-Accept");
    equal((await send("auth", ["User-Password", "wrong"], ...STATION)).code, "Access-Reject");
    const replies = (await portico.postAuths("ada")).map(({ reply }) => reply);
    deepEqual(replies, ["Access-Accept", "Access-Accept", "Access-Reject"]);
  });

  await t.step("a session is accounted, and listed with an id", async () => {
    const packet = async (status: string, ...more: SentAttribute[]) => {
      const attributes: SentAttribute[] = [["Acct-Status-Type", status], ["Acct-Session-Id", "s1"]];
      equal((await send("acct", ...attributes, ...STATION, ...more)).code, "Accounting-Response");
    };
    await packet("Start");
    await packet("Interim-Update", ["Acct-Session-Time", 60], ["Acct-Input-Octets", 1000]);
    await packet("Stop", ["Acct-Session-Time", 90], ["Acct-Input-Octets", 2000], [
      "Acct-Terminate-Cause",
      "User-Request",
    ]);
    const response = await fetch(`${portico.url}/api/v1/accounting/`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const sessions: Record<string, unknown>[] = await response.json();
    deepEqual(
      sessions.map((session) => [
        session.id,
        session.username,
        session.session_time,
        session.input_octets,
        session.terminate_cause,
      ]),
      [[1, "ada", 90, 2000, "User-Request"]],
    );
  });

  await t.step("a NAS that restarts is heard", async () => {
    const on: SentAttribute[] = [["Acct-Status-Type", "Accounting-On"], ["Acct-Session-Id", "s2"]];
    equal((await send("acct", ...on, ...STATION)).code, "Accounting-Response");
  });
});

/** Debian's folder with the site and the module that old installations have. */
async function startOldFreeradius({ url }: PorticoVenue) {
  const folder = await Deno.makeTempDir({ prefix: "portico-old-freeradius-" });
  const ports = { auth: await freeUdpPort(), acct: await freeUdpPort() };
  const write = (path: string, text: string) => Deno.writeTextFile(`${folder}/${path}`, text);
  await new Deno.Command("cp", { args: ["-a", `${DEBIAN_FOLDER}/.`, folder] }).output();
  const main = (await Deno.readTextFile(`${folder}/radiusd.conf`))
    .replace(/^logdir = .*$/m, `logdir = ${folder}`)
    .replace(/^raddbdir = .*$/m, `raddbdir = ${folder}`)
    .replace(/^run_dir = .*$/m, `run_dir = ${folder}`)
    .replace(/^proxy_requests\s*= yes$/m, "proxy_requests = no")
    .replace(/^(\s*)(user|group) = freerad$/mg, "$1# $2: the one who runs the tests");
  await write("radiusd.conf", main);
  await write("clients.conf", `client old {\n\tipaddr = ${NAS.address}\n\tsecret = "${NAS.secret}"\n}\n`);
  for (const unwanted of ["sites-enabled/inner-tunnel", "sites-enabled/default", "mods-enabled/eap"]) {
    await Deno.remove(`${folder}/${unwanted}`);
  }
  await write("mods-enabled/rest", restModule(url));
  await write("sites-enabled/default", oldSite(ports));
  const server = childProcess("freeradius", ["-f", "-d", folder, "-l", "stdout"]);
  await server.says("Ready to process requests").catch(async (fault) => {
    await server.stop("SIGKILL");
    throw fault;
  });
  const send = (kind: "auth" | "acct", ...more: SentAttribute[]): Promise<RadiusReply> =>
    sendRadius({ kind, nas: NAS, port: ports[kind], folder, attributes: [["User-Name", "ada"], ...more] });
  return {
    send,
    [Symbol.asyncDispose]: async () => {
      await server.stop("SIGTERM");
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Every value as text in JSON that was put together by hand, as old installations have it. */
function restModule(url: string): string {
  const login = { username: "%{User-Name}", password: "%{User-Password}" };
  const stations = {
    called_station_id: "%{Called-Station-ID}",
    calling_station_id: "%{Calling-Station-ID}",
  };
  const sections: Record<string, [path: string, data: Record<string, string>]> = {
    authorize: ["authorize", login],
    "post-auth": ["postauth", { ...login, reply: "%{reply:Packet-Type}", ...stations }],
    accounting: ["accounting", {
      status_type: "%{Acct-Status-Type}",
      session_id: "%{Acct-Session-Id}",
      unique_id: "%{Acct-Unique-Session-Id}",
      username: "%{User-Name}",
      realm: "%{Realm}",
      nas_ip_address: "%{NAS-IP-Address}",
      nas_port_id: "%{NAS-Port}",
      nas_port_type: "%{NAS-Port-Type}",
      session_time: "%{Acct-Session-Time}",
      authentication: "%{Acct-Authentic}",
      input_octets: "%{Acct-Input-Octets}",
      output_octets: "%{Acct-Output-Octets}",
      ...stations,
      terminate_cause: "%{Acct-Terminate-Cause}",
      service_type: "%{Service-Type}",
      framed_protocol: "%{Framed-Protocol}",
      framed_ip_address: "%{Framed-IP-Address}",
    }],
  };
  const texts = Object.entries(sections).map(([name, [path, data]]) =>
    `\t${name} {
\t\turi = "\${..connect_uri}/api/v1/${path}/"
\t\tmethod = 'post'
\t\tbody = 'json'
\t\tdata = '${JSON.stringify(data)}'
\t}\n`
  );
  return `rest {\n\tconnect_uri = "${url}"\n${texts.join("")}\tauthenticate {\n\t}\n}\n`;
}

/** One token for everything, in a header of two parts. */
function oldSite({ auth, acct }: { readonly auth: number; readonly acct: number }): string {
  const listen = (type: string, port: number) =>
    `\tlisten {\n\t\ttype = ${type}\n\t\tipaddr = 127.0.0.1\n\t\tport = ${port}\n\t}\n`;
  const rest = (dots: string) =>
    `\t\tupdate control {\n\t\t\t&REST-HTTP-Header += "\${${dots}api_token_header}"\n\t\t}\n\t\trest\n`;
  return `server default {
\tapi_token_header = "Authorization: Bearer ${TOKEN}"
${listen("auth", auth)}${listen("acct", acct)}
\tauthorize {\n${rest("...")}\t}
\tauthenticate {\n\t}
\tpost-auth {\n${rest("...")}
\t\tPost-Auth-Type REJECT {\n${rest("....")}\t\t}
\t}
\tpreacct {\n\t\tacct_unique\n\t}
\taccounting {\n${rest("...")}\t}
}\n`;
}
