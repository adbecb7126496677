let hashes = 0;

/** Counts a hash that the runtime's thread pool computes, as long as it takes. */
export async function hashOnPool<T>(hash: Promise<T>): Promise<T> {
  hashes++;
  try {
    return await hash;
  } finally {
    hashes--;
  }
}

/** Whether hashes have the few threads of the pool: what is given to them now waits for several times 50 ms. */
export function isPoolHashing(): boolean {
  return hashes > 0;
}
