const PERIOD_MILLISECONDS = 60_000;

/** Reports the first fault of a kind and then one a minute: a database that fails does so with every sweep. */
export function reportSeldom(
  reportFault: (fault: unknown) => void,
  now: () => Date,
): (what: string, fault: unknown) => void {
  const reportedAt = new Map<string, number>();
  return (what, fault) => {
    const at = now().getTime();
    if (Math.abs(at - (reportedAt.get(what) ?? -Infinity)) < PERIOD_MILLISECONDS) return;
    reportedAt.set(what, at);
    reportFault(new Error(`The controller could not finish ${what}`, { cause: fault }));
  };
}
