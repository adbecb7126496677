const GLANCE_MILLISECONDS = 5;
/** Whoever makes it for longer was ended by the runtime. */
const LONGEST_MILLISECONDS = 30_000;

/**
 * Something that all requests of an isolate use and the first one makes; the others wait, and one of them tries anew
 * when the first fails. They look every 5 ms: a request may not wait for a promise that another one keeps.
 */
export function oncePerIsolate<T extends object>(make: () => Promise<T>): () => Promise<T> {
  let made: T | undefined;
  let makingSince: number | undefined;

  return async () => {
    while (!made) {
      const now = performance.now();
      if (makingSince !== undefined && now - makingSince < LONGEST_MILLISECONDS) {
        await new Promise((resolve) => setTimeout(resolve, GLANCE_MILLISECONDS));
        continue;
      }
      makingSince = now;
      try {
        made = await make();
      } finally {
        makingSince = undefined;
      }
    }
    return made;
  };
}
