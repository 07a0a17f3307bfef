import { expect, test } from "bun:test";
import { isPublic, literalAddress, privateHost } from "#server/webhooks/address-check.ts";

test.each([
  ...["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"],
  ...["169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255"],
  ...["2606:4700::1111", "2a00::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
])("%s is public", (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each([
  ["this network", "0.0.0.0", "0.255.255.255"],
  ["loopback", "127.0.0.1", "127.255.255.254"],
  ["private", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"],
  ["link-local, where clouds keep their secrets", "169.254.0.1", "169.254.169.254", "169.254.255.255"],
  ["carrier-grade NAT", "100.64.0.0", "100.127.255.255"],
  [
    "for protocols, tests and documents",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
  ],
  ["multicast, reserved or broadcast", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
  ["nothing or loopback in IPv6", "::", "::1"],
  ["link-local, site-local or unique-local", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254"],
  ["multicast in IPv6", "ff02::1", "ff0e::1"],
  ["IPv4 that is mapped", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:7f00:1"],
  ["IPv4 that is compatible", "::127.0.0.1", "::7f00:1", "::10.0.0.1"],
  [
    "IPv4 that is translated",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "::ffff:0:127.0.0.1",
  ],
  ["IPv4 in a tunnel", "2002:7f00:1::", "2002:a00:1::1", "2001::1"],
  ["for documents in IPv6", "2001:db8::1", "3fff::1"],
  ["of no network that is routed", "100::1", "4000::1", "5f00::1", "8000::1"],
  ["no address", "", "example.com", "127.1.1", "1.2.3.4.5"],
])("%s is not public", (_, ...addresses) => {
  expect(addresses.filter((each) => isPublic(String(each)))).toEqual([]);
});

test.each([
  ["http://127.0.0.1/", "127.0.0.1"],
  ["http://2130706433/", "127.0.0.1"],
  ["http://0x7f.1/", "127.0.0.1"],
  ["http://017700000001/", "127.0.0.1"],
  ["http://127.1/", "127.0.0.1"],
  ["http://[::ffff:10.0.0.1]:8080/", "::ffff:a00:1"],
  ["http://[::1]/", "::1"],
  ["http://example.com/", null],
])("the address in %s is %s", (url, address) => {
  expect(literalAddress(new URL(url))).toBe(address);
});

test.each([
  ["http://2130706433/", "127.0.0.1"],
  ["https://[::ffff:192.168.0.1]/", "::ffff:c0a8:1"],
  ["http://localhost:8080/", "localhost"],
  ["http://LOCALHOST./", "localhost"],
  ["http://studio.localhost/", "studio.localhost"],
])("%s is known to be private", (url, host) => {
  expect(privateHost(new URL(url))).toBe(
    `${host} is not a public address, and webhooks go to others only where TANDEM_WEBHOOK_ALLOW_PRIVATE is true`,
  );
});

test.each(["https://example.com/", "http://8.8.8.8/", "https://[2606:4700::1111]/", "http://notlocalhost/"])(
  "%s may be public",
  (url) => {
    expect(privateHost(new URL(url))).toBeNull();
  },
);
