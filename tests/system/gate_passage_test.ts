import { deepEqual, equal, ok } from "node:assert/strict";
import { gateVenue, INTERNET, webServer } from "./gate_venue.ts";
import { stationMac } from "./network_namespace.ts";

Deno.test("strangers are refused at once, IPv4 and IPv6, and their web requests end at the box", async () => {
  await using venue = await gateVenue();
  const { lab } = venue;
  const guest = await venue.guest(1);
  await webServer(lab.internet, "the internet");
  await webServer(lab.internet, "other", 8000);
  await webServer(lab.box, "the portal", 3990);

  for (
    const url of [
      `http://${INTERNET.site}:8000/`,
      `http://[${INTERNET.site6}]:8000/`,
      `https://${INTERNET.site}/`,
    ]
  ) {
    const { code, seconds } = await guest.fetches(url);
    equal(code, 7, `${url} should be refused`);
    ok(seconds < 0.5, `${url} took ${seconds} s`);
  }
  equal(await guest.pings(INTERNET.site), false);
  equal(await guest.pings(INTERNET.site6), false);
  equal((await guest.fetches(`http://${INTERNET.site}/`)).body, "the portal");
  equal((await guest.fetches(`http://[${INTERNET.site6}]/`)).body, "the portal");
  equal((await guest.fetches("http://1.0.0.1/")).body, "the portal");

  await venue.gate.open(guest.station);
  equal((await guest.fetches(`http://${INTERNET.site}/`)).body, "the internet");
  equal((await guest.fetches(`http://[${INTERNET.site6}]/`)).body, "the internet");
  equal((await guest.fetches(`http://${INTERNET.site}:8000/`)).body, "other");
  equal((await guest.fetches("http://1.0.0.1/")).body, "the portal");
  deepEqual(venue.faults, []);
});

Deno.test("datagrams of strangers are refused with an answer", async () => {
  await using venue = await gateVenue();
  const guest = await venue.guest(1);
  const refusals = async () => {
    const answers = await guest.must("nstat", "-aszj", "IcmpInDestUnreachs", "Icmp6InDestUnreachs");
    return JSON.parse(answers).kernel;
  };
  const sendTo = (address: string) => guest.must("bash", "-c", `echo quic > /dev/udp/${address}/443`);
  await sendTo(INTERNET.site);
  deepEqual(await refusals(), { IcmpInDestUnreachs: 1, Icmp6InDestUnreachs: 0 });
  await sendTo(INTERNET.site6);
  deepEqual(await refusals(), { IcmpInDestUnreachs: 1, Icmp6InDestUnreachs: 1 });
});

Deno.test("a copied MAC address or a borrowed IP address lets nobody pass", async () => {
  await using venue = await gateVenue();
  const [owner, thief] = [await venue.guest(1), await venue.guest(2)];
  await venue.gate.open(owner.station);
  ok(await owner.pings(INTERNET.site));

  await owner.must("ip", "link", "set", "eth0", "down");
  await thief.must("ip", "address", "add", `${owner.address}/24`, "dev", "eth0");
  await thief.must("ip", "address", "add", `${owner.address6}/64`, "dev", "eth0");
  const asOwner = (target: string, from: string) =>
    thief.run("busybox", ["ping", "-c1", "-W1", "-I", from, target]);
  equal((await asOwner(INTERNET.site, owner.address)).code, 1, "with the owner's IPv4 address");
  equal((await asOwner(INTERNET.site6, owner.address6)).code, 1, "with the owner's IPv6 address");

  await thief.must("ip", "address", "flush", "dev", "eth0");
  await thief.must("ip", "link", "set", "eth0", "address", stationMac(1));
  const again = await venue.guest(2);
  equal(await again.pings(again.address.replace(/\.\d+$/, ".1")), true, "the box answers");
  equal(await again.pings(INTERNET.site), false, "with the owner's MAC address");
  equal(await again.pings(INTERNET.site6), false, "with the owner's MAC address, IPv6");
});

Deno.test("a station passes under all its IPv6 addresses, and under none that is not told", async () => {
  await using venue = await gateVenue();
  const guest = await venue.guest(1);
  const privacy = "fd00:1::abcd:1234:5678:9abc";
  await guest.must("ip", "address", "add", `${privacy}/64`, "dev", "eth0");
  const ping6 = async () =>
    (await guest.run("busybox", ["ping", "-c1", "-W1", "-I", privacy, INTERNET.site6])).code;

  await venue.gate.open(guest.station);
  ok(await guest.pings(INTERNET.site));
  equal(await ping6(), 1);
  await venue.gate.open({ ...guest.station, addresses: [...guest.station.addresses, privacy] });
  equal(await ping6(), 0);
  await venue.gate.open({ ...guest.station, addresses: [guest.address] });
  equal(await ping6(), 1);
  equal(await guest.pings(INTERNET.site6), false);
  const total = (await venue.gate.traffic()).get(`${venue.zone.id} ${guest.station.mac}`);
  equal(total?.upPackets, 2, "what passed under addresses that went stays counted");
});

Deno.test("of the box guests reach names, portal and ICMP only, on each of its addresses", async () => {
  await using venue = await gateVenue([{}, {}], { portalPorts: [8443] });
  const { lab, gate } = venue;
  const guest = await venue.guest(1);
  const own = ["10.1.0.1", "fd00:1::1"];
  const foreign = ["10.2.0.1", "fd00:2::1", INTERNET.box, INTERNET.box6];
  for (const port of [22, 80, 3990, 3991, 8000, 8443]) await webServer(lab.box, `box ${port}`, port);
  lab.box.start("dnsmasq", ["-d", "-C", "/dev/null", "--no-resolv", "--address=/a.test/192.0.2.1"], () => {});

  const urlOf = (address: string, port: number) =>
    `http://${address.includes(":") ? `[${address}]` : address}:${port}/`;
  for (const state of ["stranger", "open"]) {
    if (state === "open") await gate.open(guest.station);
    for (const address of [...own, ...foreign]) {
      const reached: number[] = [];
      for (const port of [22, 3990, 3991, 8000, 8443]) {
        const { code, seconds } = await guest.fetches(urlOf(address, port));
        if (code === 0) reached.push(port);
        else {ok(
            code === 7 && seconds < 0.5,
            `${state} ${address}:${port} ended with ${code} after ${seconds} s`,
          );}
      }
      deepEqual(reached, own.includes(address) ? [3990, 3991, 8443] : [8443], `${state} at ${address}`);
      ok(await guest.pings(address), `${state} pings ${address}`);
    }
    for (const address of own) {
      const { stdout } = await guest.run("busybox", ["nslookup", "-type=a", "a.test", address]);
      ok(stdout.includes("192.0.2.1"), `${state} asks ${address}: ${stdout}`);
    }
  }
});

Deno.test("zones do not reach each other, nor does anybody come in from outside", async () => {
  await using venue = await gateVenue([{}, { nat: false }]);
  const [first, second] = venue.zones;
  const [one, other] = [await venue.guest(1, first), await venue.guest(2, second)];
  await venue.gate.open(one.station);
  await venue.gate.open(other.station);
  await webServer(one, "one");
  await webServer(other, "other");
  equal((await one.fetches(`http://${other.address}/`)).code, 7);
  equal((await other.fetches(`http://[${one.address6}]/`)).code, 7);

  const { internet } = venue.lab;
  await internet.must("ip", "route", "add", "10.0.0.0/8", "via", INTERNET.box);
  await internet.must("ip", "-6", "route", "add", "fd00::/16", "via", INTERNET.box6);
  ok(await other.pings(INTERNET.site), "without NAT answers find their way");
  ok(await other.pings(INTERNET.site6));
  for (const target of [one.address, other.address, other.address6]) {
    equal((await internet.run("busybox", ["ping", "-c1", "-W1", target])).code, 1, target);
  }
});
