import process from "node:process";
import { controlServer, runningVenue } from "../../src/runtime/control_socket.ts";
import { testZone } from "../support/memory_controller.ts";
import { operatedController, testStation } from "../support/operated_controller.ts";

/** `serve PATH`: a venue that knows one station, until its standard input ends. `ask PATH`: what a command sees. */
const [what, path = ""] = process.argv.slice(2);
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

try {
  if (what === "serve") {
    const zone = testZone();
    const { controller } = operatedController([zone], [testStation(zone, 1)]);
    const server = await controlServer({
      path,
      controller,
      now: () => new Date("2026-11-22T12:00:00Z"),
      reportFault: (fault) => process.stderr.write(`${fault}\n`),
    });
    print("listens");
    for await (const _ of process.stdin);
    await server.close();
  } else {
    const venue = await runningVenue(path);
    print(await venue?.stations({}) ?? null);
    if (venue) print(await venue.authorize({ mac: "02:00:00:00:00:01", username: "ädä" }));
    if (venue) print(await venue.disconnect({ who: "nobody" }));
  }
} catch (fault) {
  print(fault instanceof Error ? fault.message : fault);
}
