import axe from "axe-core";
import { deepEqual, equal, ok } from "node:assert/strict";
import { Hono } from "hono";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { LANGUAGES } from "../../src/languages/say.ts";
import { serveHttp, socketAddress } from "../../src/runtime/http_server.ts";
import { portableCrypto } from "../../src/runtime/portable_crypto.ts";
import { portalRoutes } from "../../src/web/portal/portal_routes.tsx";
import { type MemoryController, memoryController, testZone } from "../support/memory_controller.ts";

const NOON = new Date("2026-11-22T12:00:00Z");
const GUEST = "127.0.0.1";
const PHONE = { viewport: { width: 390, height: 844 } };
const DESK = { viewport: { width: 1280, height: 800 } };

interface Portal {
  readonly browser: Browser;
  readonly controller: MemoryController;
  /** Where the pages are, with a slash at the end. */
  readonly base: string;
}

/** Serves the sign-in page on this machine to a real browser. */
async function withPortal(test: (portal: Portal) => Promise<void>): Promise<void> {
  const zone = testZone({ locationname: "Hôtel de la Gare" });
  const controller = memoryController([zone], () => NOON);
  const reportFault = (fault: unknown) => console.error(fault);
  const portal = portalRoutes({ controller, crypto: portableCrypto, now: () => NOON, reportFault });
  const app = new Hono().all("*", (c) => portal.fetch(c.req.raw, { zone, source: socketAddress(c) }));
  const fetch = app.fetch.bind(app);
  const server = await serveHttp({ hostname: GUEST, port: 0, fetch, reportFault });
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    chromiumSandbox: false,
    args: ["--disable-gpu"],
  });
  try {
    await test({ browser, controller, base: `http://${GUEST}:${server.port}/www/` });
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function inContext(
  browser: Browser,
  options: BrowserContextOptions,
  test: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  try {
    await test(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Each page that a guest can come to, by what has to be for it. */
const STATES: Readonly<Record<string, (portal: Portal, page: Page) => Promise<unknown>>> = {
  login: ({ base }, page) => page.goto(`${base}login`),
  "logged out": ({ base }, page) => page.goto(`${base}login?res=logoff`),
  async refused({ base, controller }, page) {
    controller.verdict = { kind: "reject", replyMessage: "Your daily data is used up" };
    await page.goto(`${base}login`);
    await page.fill("#username", "ada");
    await page.fill("#password", "secret");
    await page.click("button");
  },
  async "nothing filled in"({ base }, page) {
    await page.goto(`${base}login`);
    await page.click("button");
  },
  status({ base, controller }, page) {
    controller.open(GUEST, { sessionTimeout: 7200, maxTotalOctets: 500_000_000n });
    const { session } = controller.at(GUEST);
    const userName = "a-very-long-name@an-organization-with-a-long-name-too.example.org";
    controller.put(GUEST, {
      originalUrl: "http://a-very-long-host.in-a-far-away-country.with-many-parts.example.org/",
      session: session && { ...session, userName },
    });
    return page.goto(`${base}status`);
  },
  "log out?"({ base, controller }, page) {
    controller.open(GUEST);
    return page.goto(`${base}logout`);
  },
  splash({ base, controller }, page) {
    controller.open(GUEST, { splash: true });
    return page.goto(`${base}login`);
  },
  bypass({ base, controller }, page) {
    controller.put(GUEST, { state: "bypass" });
    return page.goto(`${base}login`);
  },
  denied({ base, controller }, page) {
    controller.put(GUEST, { isDenied: true });
    return page.goto(`${base}login`);
  },
  missing: ({ base }, page) => page.goto(`${base}nothing`),
};

function forget(controller: MemoryController): void {
  controller.put(GUEST, {
    state: "stranger",
    isDenied: false,
    session: null,
    lastSession: null,
    originalUrl: "",
  });
}

/** What shuts somebody out: axe's findings, and a page that is wider than the screen. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // It is the page's now.
  const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  const width = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  return [
    ...found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`),
    ...(Number(width) > 0 ? [`${width} px too wide`] : []),
  ];
}

// Chromium's process and sockets outlive what the sanitizers look at.
const SLOPPY = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "nobody is shut out of any page: axe finds nothing, light and dark, on phones and desks, in Arabic",
  SLOPPY,
  () =>
    withPortal(async (portal) => {
      const screens: readonly [string, BrowserContextOptions][] = [
        ["phone, light", { ...PHONE, colorScheme: "light", locale: "en-GB" }],
        ["phone, dark, Arabic", { ...PHONE, colorScheme: "dark", locale: "ar" }],
        ["small phone, German", { viewport: { width: 320, height: 568 }, locale: "de" }],
        ["desk, dark", { ...DESK, colorScheme: "dark", locale: "fr" }],
      ];
      for (const [screen, options] of screens) {
        await inContext(portal.browser, options, async (page) => {
          for (const [state, go] of Object.entries(STATES)) {
            forget(portal.controller);
            await go(portal, page);
            deepEqual({ state, screen, faults: await faultsOf(page) }, { state, screen, faults: [] });
          }
        });
      }
    }),
);

Deno.test(
  "a browser without script logs in, sees its session, goes on and logs out",
  SLOPPY,
  () =>
    withPortal(async ({ browser, controller, base }) => {
      forget(controller);
      controller.put(GUEST, { originalUrl: "http://www.example.org/a?b=%22c" });
      await inContext(browser, { ...PHONE, javaScriptEnabled: false }, async (page) => {
        await page.goto(`${base}login?res=notyet`);
        await page.getByLabel("User name").fill("ada");
        await page.getByLabel("Password").fill("secret");
        await page.getByRole("button", { name: "Log in" }).click();
        equal(page.url(), `${base}status`);
        equal(await page.getByRole("heading", { level: 1 }).textContent(), "You are connected");
        const onwards = page.getByRole("link", { name: "Continue to www.example.org" });
        equal(await onwards.getAttribute("href"), "http://www.example.org/a?b=%22c");
        await page.getByRole("link", { name: "Update these figures" }).click();
        await page.getByRole("button", { name: "Log out" }).click();
        equal(page.url(), `${base}login?res=logoff`);
        equal(await page.getByRole("status").textContent(), "You are logged out.");
      });
      deepEqual(controller.asked.map(({ credential }) => credential), [{
        kind: "password",
        password: "secret",
      }]);
    }),
);

Deno.test(
  "a page of another site cannot log anybody in or out",
  SLOPPY,
  () =>
    withPortal(async ({ browser, controller, base }) => {
      forget(controller);
      const form = (action: string) =>
        `<form method="post" action="${base}${action}"><input name="username" value="eve">
       <input name="password" value="x"><input name="form_token" value="0"><button>go</button></form>`;
      await inContext(browser, PHONE, async (page) => {
        await page.goto(`data:text/html,${encodeURIComponent(form("login"))}`);
        await page.click("button");
        await page.getByRole("alert").waitFor();
        deepEqual(controller.asked, []);
        controller.open(GUEST);
        await page.goto(`data:text/html,${encodeURIComponent(form("logout"))}`);
        await page.click("button");
        await page.getByRole("heading", { name: "Log out?" }).waitFor();
        equal(controller.at(GUEST).state, "open");
      });
    }),
);

Deno.test(
  "a first visit is under 14 KiB in all, in every language",
  SLOPPY,
  () =>
    withPortal(async ({ browser, controller, base }) => {
      for (const locale of LANGUAGES) {
        forget(controller);
        await inContext(browser, { ...PHONE, locale }, async (page) => {
          let octets = 0;
          page.on("response", async (response) => {
            const sizes = await response.request().sizes();
            octets += sizes.responseHeadersSize + sizes.responseBodySize;
          });
          await page.goto(`${base}login`, { waitUntil: "networkidle" });
          ok(octets > 2_000 && octets < 14 * 1024, `${locale}: ${octets} octets`);
        });
      }
    }),
);
