/** The smallest program of the same make, compiled: what start and memory of the binary stand beside. */
import { env } from "node:process";
import { Hono } from "hono";

/** The part of Bun that is used here: Deno's compiler, which checks this file, does not know it. */
declare const Bun: {
  serve(options: { hostname: string; port: number; fetch: Hono["fetch"] }): unknown;
};

const app = new Hono().get("/healthz", (c) => c.text("hello"));
Bun.serve({ hostname: "127.0.0.1", port: Number(env.PORT), fetch: app.fetch });
