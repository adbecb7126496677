import { deepEqual, equal, ok } from "node:assert/strict";
import { gardenSets } from "../../src/controller/gate/table.ts";
import { gateVenue, INTERNET, listens, webServer } from "./gate_venue.ts";
import type { Namespace } from "./network_namespace.ts";

const { site, site6, second } = INTERNET;

Deno.test("strangers reach the walled garden, and of it what was named only", async () => {
  await using venue = await gateVenue([{
    uamallowed: [`tcp:${site}:8001`, `${site6}`, `icmp:${second}/31`, "pay.example.org:8002"],
    uamserver: `http://login.example.org:8003/hotspot`,
  }], { resolve: (host) => Promise.resolve(host === "pay.example.org" ? [second] : [site]) });
  const { lab } = venue;
  const guest = await venue.guest(1);
  for (const port of [80, 8001, 8002, 8003]) await webServer(lab.internet, `${port}`, port);
  const reached = async (address: string) => {
    const ports: number[] = [];
    for (const port of [8001, 8002, 8003]) {
      const host = address.includes(":") ? `[${address}]` : address;
      const { code, seconds } = await guest.fetches(`http://${host}:${port}/`);
      if (code === 0) ports.push(port);
      else ok(code === 7 && seconds < 0.5, `${address}:${port} ended with ${code} after ${seconds} s`);
    }
    return ports;
  };
  deepEqual(await reached(site), [8001, 8003], "the named port, and the login page's");
  deepEqual(await reached(second), [8002]);
  deepEqual(await reached(site6), [8001, 8002, 8003]);
  equal((await guest.fetches(`http://[${site6}]/`)).body, "80", "also port 80 is not caught");
  equal(await guest.pings(second), true);
  equal(await guest.pings(site), false);
  deepEqual(venue.faults, []);
});

Deno.test("garden traffic of logged-on stations is counted, unless uamauthedallowed", async () => {
  const uamallowed = [site];
  await using venue = await gateVenue([{ uamallowed }, { uamallowed, uamauthedallowed: true }]);
  const [first, other] = venue.zones;
  const [one, free] = [await venue.guest(1, first), await venue.guest(2, other)];
  for (const guest of [one, free]) {
    await venue.gate.open(guest.station);
    for (const target of [site, second]) ok(await guest.pings(target, 400));
  }
  const traffic = await venue.gate.traffic();
  equal(traffic.get(`${first?.id} ${one.station.mac}`)?.upOctets, 800);
  equal(traffic.get(`${other?.id} ${free.station.mac}`)?.upOctets, 400);
});

Deno.test("dnsmasq opens what it resolves of the garden's domains", async () => {
  await using venue = await gateVenue([{ uamdomain: ["example.org"] }]);
  const { lab, zone } = venue;
  const guest = await venue.guest(1);
  const { ipv4, ipv6 } = gardenSets(zone);
  await lab.internet.must("ip", "address", "add", "192.0.2.53/32", "dev", "lo");
  await startDns(
    lab.internet,
    "--address=/shop.example.org/203.0.113.10",
    `--address=/shop.example.org/${site6}`,
  );
  await startDns(lab.box, "--server=192.0.2.53", `--nftset=/example.org/4#${ipv4},6#${ipv6}`);
  await webServer(lab.internet, "the shop", 8000);
  const shop = `http://${site}:8000/`;
  equal((await guest.fetches(shop)).code, 7);
  for (const type of ["a", "aaaa"]) {
    const answer = await guest.run("busybox", ["nslookup", `-type=${type}`, "shop.example.org", "10.1.0.1"]);
    ok(answer.stdout.includes(type === "a" ? site : site6), answer.stdout);
  }
  equal((await guest.fetches(shop)).body, "the shop");
  equal((await guest.fetches(`http://[${site6}]:8000/`)).body, "the shop");
  await venue.gate.apply(venue.zones, []);
  equal((await guest.fetches(shop)).body, "the shop", "zones applied again keep what was resolved");
});

Deno.test("strangers' questions go to the box's own DNS, so and so many", async () => {
  await using venue = await gateVenue([{ dnsrate: 2, dnsburst: 5 }, { uamanydns: true, dnsrate: 0 }]);
  const { lab, gate } = venue;
  const [guest, free] = [await venue.guest(1, venue.zones[0]), await venue.guest(2, venue.zones[1])];
  await startDns(lab.box, "--address=/who.test/192.0.2.1");
  await startDns(lab.internet, "--address=/who.test/192.0.2.2");
  const asks = async (from: Namespace, server: string) => {
    const { stdout } = await from.run("timeout", ["1", "busybox", "nslookup", "-type=a", "who.test", server]);
    return /192\.0\.2\.[12]/.exec(stdout)?.[0] ?? null;
  };
  equal(await asks(guest, site), "192.0.2.1", "caught");
  equal(await asks(guest, site6), "192.0.2.1", "caught, IPv6");
  equal(await asks(free, site), "192.0.2.2", "any server");
  equal(await asks(free, site6), "192.0.2.2");

  const answers = await Promise.all(Array.from({ length: 20 }, () => asks(guest, "10.1.0.1")));
  const answered = answers.filter(Boolean).length;
  ok(answered >= 2 && answered <= 10, `${answered} of 20 questions at once were answered`);
  await gate.open(guest.station);
  const open = await Promise.all(Array.from({ length: 20 }, () => asks(guest, "10.1.0.1")));
  equal(open.filter(Boolean).length, 20, "a guest asks ten times as often");
  equal(await asks(guest, second), "192.0.2.2", "and whom he likes");
});

Deno.test("whoever connects to uamlogoutip comes to the port for it", async () => {
  await using venue = await gateVenue([{ uamlogoutip: "1.0.0.9", uamaliasip: "1.0.0.8" }]);
  const guest = await venue.guest(1);
  await webServer(venue.lab.box, "the portal", 3990);
  await webServer(venue.lab.box, "good bye", 3991);
  for (let open = 0; open < 2; open++) {
    equal((await guest.fetches("http://1.0.0.9/")).body, "good bye");
    equal((await guest.fetches("http://1.0.0.8/")).body, "the portal");
    equal((await guest.fetches("http://10.1.0.1/")).body, "the portal");
    await venue.gate.open(guest.station);
  }
});

Deno.test("what is bypassed passes without being counted or caught", async () => {
  await using venue = await gateVenue([{ bypass: ["02:aa:00:00:00:01", "10.1.0.12", `${second}/32`] }]);
  const { lab } = venue;
  const [byMac, byAddress, other] = [await venue.guest(1), await venue.guest(2), await venue.guest(3)];
  await webServer(lab.internet, "the internet");
  equal((await byMac.fetches(`http://${site}/`)).body, "the internet");
  equal((await byMac.fetches(`http://[${site6}]/`)).body, "the internet");
  equal((await byAddress.fetches(`http://${site}/`)).body, "the internet");
  equal((await byAddress.fetches(`http://[${site6}]/`)).code, 7, "its other address is not named");
  equal(await other.pings(second), true, "a destination");
  equal(await other.pings(site), false);
  deepEqual([...await venue.gate.traffic()], []);
});

Deno.test("a garden name that moves is found again", async () => {
  let address: string = site;
  let refresh = () => Promise.resolve();
  await using venue = await gateVenue([{ uamallowed: ["moving.example.org"] }], {
    resolve: () => Promise.resolve([address]),
    timers: {
      every: (_, work) => {
        refresh = work;
        return () => {};
      },
      after: (milliseconds, work) => {
        const timer = setTimeout(() => void work(), milliseconds);
        return () => clearTimeout(timer);
      },
    },
  });
  const guest = await venue.guest(1);
  equal(await guest.pings(site), true);
  equal(await guest.pings(second), false);
  address = second;
  await refresh();
  equal(await guest.pings(second), true);
});

async function startDns(namespace: Namespace, ...args: string[]): Promise<void> {
  namespace.start("dnsmasq", ["-d", "-C", "/dev/null", "--no-resolv", "--no-hosts", ...args], () => {});
  await listens(namespace, 53);
}
