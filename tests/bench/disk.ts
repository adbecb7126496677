import { statfsSync, statSync } from "node:fs";

/** Octets that are free below a folder. */
export function freeOctets(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/**
 * How often the folder's disk was told to make its cache durable, by whatever program: what a sync costs at least.
 * NaN where the kernel counts nothing for it.
 */
export function flushesOfDisk(folder: string): number {
  const { dev } = statSync(folder);
  // glibc's major() and minor().
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  for (const line of Deno.readTextFileSync("/proc/diskstats").split("\n")) {
    const fields = line.trim().split(/\s+/);
    // Linux's admin-guide/iostats: the 16th counter after the device's name.
    if (fields[0] === `${major}` && fields[1] === `${minor}`) return Number(fields[18] || NaN);
  }
  return NaN;
}
