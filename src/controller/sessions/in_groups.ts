/** Each end of a session runs programs and writes. */
const TOGETHER = 32;

/** Does the same with all of them, some at a time. */
export async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += TOGETHER) {
    await Promise.all(items.slice(at, at + TOGETHER).map(work));
  }
}
