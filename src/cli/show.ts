import { showSetup } from "../aaa/identity/show_setup.ts";
import type { Command } from "./command.ts";
import { refuseOperands } from "./organization.ts";
import { withInstallation } from "./with_installation.ts";

/** Prints the installation as `apply` reads it. */
export const show: Command = {
  name: "show",
  operands: "",
  about: "Print the installation as a setup file, secrets as null; apply makes nothing of it.",
  options: {},
  run: async (world, values, operands) => {
    refuseOperands("show", operands);
    await withInstallation(world, values, async (installation) => {
      const setup = await showSetup(installation.identity(world.now()));
      world.print(values.json ? JSON.stringify(setup) : layOut(setup));
    });
  },
};

/** JSON as people would write it: what holds no object or list stays on a line. */
function layOut(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => layOut(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${layOut(item, inner)}`);
  const [open, close] = isList ? "[]" : "{}";
  const isFlat = Object.values(value).every((item) => typeof item !== "object" || item === null);
  if (isFlat && (isList || items.length <= 2)) return `${open}${items.join(", ")}${close}`;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}
