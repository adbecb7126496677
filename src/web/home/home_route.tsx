/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import { Hono } from "hono";
import type { Deps } from "../../deps.ts";
import { Page, showPage } from "../ui/page.tsx";

/** Says what this is to whoever opens the bare address. */
export function homeRoute({ settings }: Deps): Hono {
  return new Hono({ strict: false }).get("/", (c) => showPage(c, <HomePage hasDocs={settings.apiDocs} />));
}

function HomePage({ hasDocs }: { readonly hasDocs: boolean }) {
  return (
    <Page title="Portico">
      <h1>This is a hotspot's gatekeeper</h1>
      <p>
        Portico decides who may use the network, for how long and how much, and remembers what was used.
        Access points ask it through FreeRADIUS.
      </p>
      <p class="quiet">
        Looking for the Internet? Open the log-in page of the network that you are in: there is nothing to do
        here.
      </p>
      {hasDocs && (
        <p>
          For programs: <a href="/api/v1/docs/">API documentation</a>
        </p>
      )}
    </Page>
  );
}
