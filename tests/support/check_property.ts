import fc from "fast-check";

/**
 * Runs a property with the same examples every time. `TEST_SEED` gives others, `TEST_RUNS` so many
 * times as many; a failure is printed with the seed and path that repeat it.
 */
export async function checkProperty<T>(property: fc.IAsyncProperty<T>, runs: number): Promise<void> {
  const seed = Number(Deno.env.get("TEST_SEED") ?? 20261122);
  const times = Number(Deno.env.get("TEST_RUNS") ?? 1);
  await fc.assert(property, { seed, numRuns: Math.ceil(runs * times), interruptAfterTimeLimit: 600_000 });
}
