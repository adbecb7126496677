const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/** Whether a host, as `URL.hostname` has it, is the machine of whoever goes there. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}
