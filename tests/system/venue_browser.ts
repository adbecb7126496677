import { type Browser, chromium, type Page } from "playwright-core";
import { box as machine } from "../../src/runtime/box.ts";

/** What keeps Chromium from talking about anything but the pages of the test. */
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium on a guest's device; the test that uses it has its sanitizers off. */
export interface GuestBrowser extends AsyncDisposable {
  readonly page: Page;
}

/**
 * Starts Chromium in a network namespace, with a profile of its own.
 *
 * @param folder Where its wrapper is written.
 */
export async function browserIn(namespace: { readonly name: string }, folder: string): Promise<GuestBrowser> {
  const wrapper = `${folder}/${namespace.name}-chromium`;
  const inside = `#!/bin/sh\nexec ip netns exec ${namespace.name} /usr/bin/chromium "$@"\n`;
  await machine.writeText(wrapper, inside, 0o755);
  const browser: Browser = await chromium.launch({
    executablePath: wrapper,
    headless: true,
    chromiumSandbox: false,
    args: QUIET,
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  return { page, [Symbol.asyncDispose]: () => browser.close() };
}
