// The address by which this machine reaches its own server.

/** The address by which the bound one is reached from here. */
export function localHost(bound: string): string {
  return bound === "0.0.0.0" || bound === "::" ? "127.0.0.1" : bound;
}

/** As it stands in a URL (RFC 3986 §3.2.2). */
export function hostInUrl(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
