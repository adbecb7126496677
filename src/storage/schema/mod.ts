export * from "./organizations.ts";
export * from "./users.ts";
export * from "./groups.ts";
export * from "./ledger.ts";
export * from "./state.ts";
export * from "./outbox.ts";
export * from "./zones.ts";
export * from "./controller.ts";
