import { Hono } from "hono";
import type { Deps } from "../../deps.ts";
import { healthProbe } from "./health_probe.ts";

/** Called by whatever keeps the program running: 200, or 503 with the part that cannot be written. */
export function healthzRoute(deps: Deps): Hono {
  const probe = healthProbe(deps);
  return new Hono({ strict: false }).get("/healthz", async (c) => {
    const health = await probe();
    const isWell = Object.values(health).every((part) => part === "ok");
    return c.json({ status: isWell ? "ok" : "failing", ...health }, isWell ? 200 : 503, {
      "Cache-Control": "no-store",
    });
  });
}
