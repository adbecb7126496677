/** See Other, beside the page that was asked for: what the client calls us is not repeated. */
export function goTo(page: string): Response {
  return new Response(null, { status: 303, headers: { Location: page, "Cache-Control": "no-store" } });
}
