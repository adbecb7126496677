import type { Deps } from "../../deps.ts";

/** After this long without an octet, servers and proxies begin to take a connection for dead. */
const SILENCE_MILLISECONDS = 5_000;

/**
 * Answers with what `work` comes to. Work that takes longer gets its status at once, and blanks, which JSON allows
 * before its value, until the value is there: a client that knows nothing but waiting gets what it waits for. Whether
 * it went wrong after that says the value: `"status": "failed"`.
 *
 * @param status what it will be if all goes well.
 * @param silence milliseconds between one octet and the next.
 */
export async function patientAnswer(
  { inBackground, reportFault }: Pick<Deps, "inBackground" | "reportFault">,
  work: Promise<{ readonly status: number; readonly body: object }>,
  status: number,
  silence = SILENCE_MILLISECONDS,
): Promise<Response> {
  const early = await within(silence, work);
  if (early) return Response.json(early.body, { status: early.status });

  const value = work.then(
    (done) => done.status === status ? done.body : { status: "failed", ...done.body },
    (fault) => {
      reportFault(fault);
      return { status: "failed", detail: "Something went wrong here. It was logged." };
    },
  );
  // It goes on even when the client does not wait.
  inBackground(value);
  return new Response(blanksUntil(value, silence), {
    status,
    headers: { "content-type": "application/json" },
  });
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function blanksUntil(value: Promise<object>, everyMilliseconds: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setInterval> | undefined;
  let open = true;
  return new ReadableStream({
    start(controller) {
      const blank = () => controller.enqueue(encoder.encode(" "));
      blank();
      timer = setInterval(blank, everyMilliseconds);
      value.then((body) => {
        clearInterval(timer);
        if (!open) return;
        controller.enqueue(encoder.encode(JSON.stringify(body)));
        controller.close();
      });
    },
    cancel() {
      open = false;
      clearInterval(timer);
    },
  });
}
