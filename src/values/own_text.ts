const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The same text by itself. One that was cut out of another keeps all of that in memory on Bun, a megabyte of white
 * space around ten letters too.
 *
 * @param text well-formed.
 */
export function ownText(text: string): string {
  return decoder.decode(encoder.encode(text));
}
