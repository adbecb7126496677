/** Kept once it was made: 1 MiB instead of 3.5, for a tenth of a second's work. */
let compressed: Uint8Array<ArrayBuffer> | undefined;

/**
 * Scalar's API reference for browsers, as its package carries it: embedded in the binary, beside the Worker's script,
 * read from `node_modules` elsewhere.
 *
 * @param accepted the request's `Accept-Encoding`.
 */
export async function referenceScript(
  accepted = "",
): Promise<
  { readonly body: string | Uint8Array<ArrayBuffer>; readonly headers: Readonly<Record<string, string>> }
> {
  const text = await readScript();
  if (!/\bgzip\b/.test(accepted)) return { body: text, headers: { Vary: "Accept-Encoding" } };
  compressed ??= await compress(text);
  return { body: compressed, headers: { "Content-Encoding": "gzip", Vary: "Accept-Encoding" } };
}

async function readScript(): Promise<string> {
  const { default: text } = await import(
    "../../../node_modules/@scalar/fastify-api-reference/dist/js/standalone.js",
    { with: { type: "text" } }
  );
  return text;
}

async function compress(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
