import { workerSize } from "../../../build/worker_size.ts";
import { atMost, finding } from "../finding.ts";
import type { Benchmark } from "../workbench.ts";

const BUDGET_KIB = 300;
/** Smaller modules are added up. */
const WORTH_A_LINE_KIB = 5;

export const workerBundle: Benchmark = {
  name: "worker",
  about: "The Worker's bundle",
  async run() {
    const { eager, lazy, lazyModules, texts } = await workerSize();
    const kib = (octets: number) => octets / 1024;
    const worthALine = lazyModules.filter(({ octets }) => kib(octets) >= WORTH_A_LINE_KIB);
    return [
      finding("loaded eagerly, gzip", "KiB", kib(eager), {
        target: atMost(kib(eager), BUDGET_KIB, "300 KiB"),
      }),
      finding("loaded at first use, gzip", "KiB", kib(lazy)),
      ...worthALine.map(({ path, octets }) =>
        finding(`  uncompressed: ${path.replace(/^.*node_modules\//, "")}`, "KiB", kib(octets))
      ),
      ...texts.map(({ name, size }) =>
        finding(`text beside the script, gzip: ${name.replace(/^[0-9a-f]{40}-/, "")}`, "KiB", kib(size))
      ),
    ];
  },
};
