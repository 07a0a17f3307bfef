// Which addresses a webhook may go to: those of the Internet, unless it is said that private ones may be asked too.

import ipaddr from "ipaddr.js";

/** What is routed on the Internet (RFC 4291 §2.4): all else that looks like it is of another time or another use. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** An IPv4 address within an IPv6 network (RFC 6052 §2.1): the address is in the last four bytes. */
const TRANSLATED = ipaddr.IPv6.parseCIDR("64:ff9b::/96");
const IPV6_BYTES = 16;
const IPV4_BYTES = 4;

/** Of a literal address, in any notation; an IPv4 address within an IPv6 one is judged by itself. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === "unicast";
  if (parsed.match(TRANSLATED)) {
    const bytes = parsed.toByteArray().slice(IPV6_BYTES - IPV4_BYTES);
    return ipaddr.fromByteArray(bytes).range() === "unicast";
  }
  return parsed.range() === "unicast" && parsed.match(GLOBAL_UNICAST);
}

/** The address in a URL's host, without brackets; null for a name. */
export function literalAddress({ hostname }: URL): string | null {
  const text = hostname.replace(/^\[(.*)\]$/, "$1");
  return ipaddr.isValid(text) ? text : null;
}

/** What is wrong with a host that is known without asking anybody: a private address, or this machine by name; null for any other. */
export function privateHost(url: URL): string | null {
  const address = literalAddress(url);
  if (address !== null) return isPublic(address) ? null : `${address} is not ${PUBLIC}`;
  const name = url.hostname.replace(/\.$/, "");
  return name === "localhost" || name.endsWith(".localhost") ? `${name} is not ${PUBLIC}` : null;
}

/** Ends a sentence about an address. */
export const PUBLIC =
  "a public address, and webhooks go to others only where TANDEM_WEBHOOK_ALLOW_PRIVATE is true";
