import type { Deps } from "../deps.ts";

/** Begins `work` when the answer is on its way: it does not delay the answer, and the answer's time tells nothing of it. */
export function afterAnswer(
  { inBackground }: Pick<Deps, "inBackground">,
  work: () => Promise<unknown>,
): void {
  inBackground(new Promise((resolve) => setTimeout(resolve)).then(work));
}
