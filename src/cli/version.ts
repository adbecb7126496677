import manifest from "../../deno.json" with { type: "json" };

/** As the manifest has it. */
export const VERSION: string = manifest.version;
