import { equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { eventually } from "./delay.ts";
import { browserIn } from "./venue_browser.ts";
import type { Guest } from "./venue_guest.ts";
import { step, type VenueLab, venueLab } from "./venue_lab.ts";
import { account, organization, PASSWORD, type ZoneSetup } from "./venue_setup.ts";

const SECRET = "greatsecret";
const WISPR_CLIENT = fileURLToPath(new URL("./pages/wispr_client.ts", import.meta.url));
const PORTAL = "http://portal.example.net";
/** Of the public range: Chromium lets no page of the internet ask a private address. */
const ALIAS = "192.0.1.2";
const WANTED = "http://www.example.org/news?from=guest";

interface Kind {
  readonly about: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly visit: (scene: Scene) => Promise<void>;
}

interface Scene {
  readonly lab: VenueLab;
  readonly guest: Guest;
  readonly userName: string;
}

/** A zone for each kind of page, on an interface of its own. */
const KINDS: readonly Kind[] = [
  { about: "Portico's own page", options: {}, visit: inBrowser(ownPage) },
  {
    about: "a page by script with CHAP over the bare challenge",
    options: { uamserver: `${PORTAL}/chilli_page.html?host=${ALIAS}&poll=300`, uamaliasip: ALIAS },
    visit: inBrowser(chilliPage),
  },
  {
    about: "a page by script with a service that knows the secret",
    options: {
      uamserver: `${PORTAL}/chilli_page.html?host=${ALIAS}&poll=300&service=${PORTAL}/service`,
      uamaliasip: ALIAS,
      uamsecret: SECRET,
    },
    visit: inBrowser(chilliPage),
  },
  {
    about: "a page by script that sends the password hidden by the secret",
    options: { uamserver: `${PORTAL}/desk_page.html?host=${ALIAS}`, uamaliasip: ALIAS, uamsecret: SECRET },
    visit: inBrowser(deskPage),
  },
  {
    about: "a page made by a server, with redirects signed by the secret",
    options: { uamserver: `${PORTAL}/server`, uamsecret: SECRET },
    visit: inBrowser(serverPage),
  },
  {
    about: "a WISPr client",
    options: { uamserver: `${PORTAL}/server`, uamsecret: SECRET },
    visit: wisprClient(["1.0", "2.0"]),
  },
  {
    about: "a WISPr client, with passwords and EAP, at Portico's own page",
    options: { uamsecret: SECRET },
    visit: wisprClient(["1.0", "2.0", "EAP"]),
  },
];

/** MessageType of an answer to a log-on (coova 10). */
const ANSWERS: Readonly<Record<string, string>> = { "1.0": "140", "2.0": "120", EAP: "121" };

Deno.test({
  name: "a guest is caught, logs on, browses and logs off at every kind of login page",
  // Chromium's pipes are open as long as it runs.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await using lab = await venueLab({ lans: KINDS.map((_, index) => `lan${index}`), secret: SECRET });
    await lab.venue.apply({
      organizations: [organization(KINDS.map(zoneOf))],
      users: KINDS.map((_, index) => account(`guest${index}`)),
    });
    await lab.venue.start();
    for (const [index, { about, visit }] of KINDS.entries()) {
      await step(t, lab, about, async () => {
        const guest = await lab.guest(index + 1, { lan: `lan${index}`, portal: `10.1.${index}.1:3990` });
        await guest.lease();
        await visit({ lab, guest, userName: `guest${index}` });
        const record = await lab.ended(`guest${index}`);
        equal(record.terminateCause, "User-Request");
        ok(record.downOctets > 0 && record.upOctets > 0, "the page that was read is counted");
      });
    }
  },
});

function zoneOf({ options }: Kind, index: number): ZoneSetup {
  return { name: `zone${index}`, interface: [`lan${index}`], address: [`10.1.${index}.1/24`], ...options };
}

function inBrowser(use: (page: Page, scene: Scene) => Promise<void>): Kind["visit"] {
  return async (scene) => {
    await using browser = await browserIn(scene.guest.namespace, scene.lab.folder);
    await use(browser.page, scene);
  };
}

async function ownPage(page: Page, { guest, userName }: Scene): Promise<void> {
  await page.goto(WANTED);
  match(page.url(), /^http:\/\/10\.1\.0\.1:3990\/www\/login/);
  await logOn(page, userName, "a guess");
  ok(await page.getByRole("alert").textContent());
  equal((await guest.json("status")).clientState, 0);
  await logOn(page, userName, PASSWORD);
  await page.locator(`a[href="${WANTED}"]`).click();
  await isBrowsing(page);
  equal((await guest.json("status")).session?.userName, userName);
  await page.goto("http://10.1.0.1:3990/www/status");
  await page.locator("form[action=logout] button").click();
  await page.waitForURL("**/login?res=logoff");
  equal((await guest.json("status")).clientState, 0);
  await isCaught(guest);
}

async function chilliPage(page: Page, { guest, userName }: Scene): Promise<void> {
  await page.goto(WANTED);
  await isOnPortal(page);
  await says(page, "#state", "closed");
  await logOn(page, userName, "a guess");
  await says(page, "#state", "closed");
  await logOn(page, userName, PASSWORD);
  await says(page, "#state", "open");
  await says(page, "#user", userName);
  // The page asks again and again by itself.
  await says(page, "#seconds", /^[1-9]/);
  await says(page, "#octets", /^\d+$/);
  const wanted = await page.context().newPage();
  await wanted.goto(WANTED);
  await isBrowsing(wanted);
  equal(await page.locator("#wanted").getAttribute("href"), WANTED);
  await page.click("#log-off");
  await says(page, "#state", "closed");
  await isCaught(guest);
}

async function deskPage(page: Page, { guest, userName }: Scene): Promise<void> {
  await page.goto(WANTED);
  await isOnPortal(page);
  await says(page, "#state", "closed");
  await logOn(page, userName, "a guess");
  await says(page, "#message", /./);
  await logOn(page, userName, PASSWORD);
  await says(page, "#state", "open");
  await says(page, "#user", userName);
  await says(page, "#mac", guest.mac.toUpperCase().replaceAll(":", "-"));
  equal(await guest.text(WANTED).then((text) => text.includes("www.example.org")), true);
  await eventually("the octets on the page", async () => {
    await page.reload();
    await says(page, "#in", /^\d+$/);
    return Number(await page.textContent("#in")) > 0 || undefined;
  });
  await page.click("#disconnect");
  await says(page, "#state", "closed");
  await isCaught(guest);
}

async function serverPage(page: Page, { guest, userName }: Scene): Promise<void> {
  for (const method of ["response", "password"]) {
    await page.goto(WANTED);
    await isOnPortal(page);
    await logOn(page, userName, "a guess", method);
    await says(page, "#state", "failed: reject");
    await logOn(page, userName, PASSWORD, method);
    await says(page, "#state", "open");
    await says(page, "#user", userName);
    await page.click("#wanted");
    await isBrowsing(page);
    await page.goto("http://10.1.4.1:3990/logoff");
    await isOnPortal(page);
    await isCaught(guest);
  }
}

/** One version after the other. */
function wisprClient(versions: readonly string[]): Kind["visit"] {
  return async ({ guest, userName }) => {
    for (const version of versions) {
      const refused = await converse(guest, [userName, "a guess", version]);
      equal(refused.answered?.MessageType, ANSWERS[version]);
      equal(refused.answered?.ResponseCode, "100");
      const accepted = await converse(guest, [userName, PASSWORD, version, "logoff"]);
      equal(accepted.caught?.MessageType, "100");
      equal(accepted.answered?.MessageType, ANSWERS[version]);
      equal(accepted.answered?.ResponseCode, "50");
      equal(accepted.ended?.ResponseCode, "150");
      await isCaught(guest);
    }
    equal((await guest.logOn(userName, PASSWORD, SECRET)).clientState, 1);
    await guest.text(WANTED);
    await guest.json("logoff");
  };
}

type Messages = Partial<Record<"caught" | "answered" | "ended", Record<string, string> | null>>;

async function converse(guest: Guest, args: readonly string[]): Promise<Messages> {
  const command = [Deno.execPath(), "run", "-A", "--no-check", WISPR_CLIENT, "http://www.example.org/probe"];
  return JSON.parse(await guest.namespace.must("env", ...command, ...args));
}

async function logOn(page: Page, userName: string, password: string, method?: string): Promise<void> {
  await page.fill("input[name=username]", userName);
  await page.fill("input[name=password]", password);
  if (method) await page.selectOption("select[name=method]", method);
  await page.locator("form:has(input[name=password]) button").click();
}

async function isOnPortal(page: Page): Promise<void> {
  await page.waitForURL(`${PORTAL}/**`);
}

async function isBrowsing(page: Page): Promise<void> {
  await page.waitForURL("http://www.example.org/**");
  equal(await page.title(), "www.example.org");
}

async function isCaught(guest: Guest): Promise<void> {
  equal((await guest.head("http://www.example.org/other")).status, 302);
}

/** Waits for the element's text. */
async function says(page: Page, selector: string, text: string | RegExp): Promise<void> {
  const exactly = typeof text === "string" ? new RegExp(`^${RegExp.escape(text)}$`) : text;
  await page.locator(selector).filter({ hasText: exactly }).waitFor({ state: "attached" });
}
