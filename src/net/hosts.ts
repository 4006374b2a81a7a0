import { BlockList, isIP } from 'node:net';

/** A host as `URL.hostname` gives it, with or without the brackets of an IPv6 address. */
function address(hostname: string): { readonly text: string; readonly family: 'ipv4' | 'ipv6' } | null {
  const text = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  const family = isIP(text);
  return family === 0 ? null : { text, family: family === 4 ? 'ipv4' : 'ipv6' };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Networks that a public service has no reason to point to (RFC 1918, 3927, 4193, 4291, 6598). */
const inside = new BlockList();
inside.addSubnet('0.0.0.0', 8, 'ipv4');
inside.addSubnet('10.0.0.0', 8, 'ipv4');
inside.addSubnet('100.64.0.0', 10, 'ipv4');
inside.addSubnet('169.254.0.0', 16, 'ipv4');
inside.addSubnet('172.16.0.0', 12, 'ipv4');
inside.addSubnet('192.168.0.0', 16, 'ipv4');
inside.addAddress('::', 'ipv6');
inside.addSubnet('fc00::', 7, 'ipv6');
inside.addSubnet('fe80::', 10, 'ipv6');

/** `localhost`, 127.0.0.0/8 and ::1: the only hosts that are spoken to without TLS. */
export function isLoopback(hostname: string): boolean {
  const ip = address(hostname);
  if (ip === null) return /^(?:.+\.)?localhost\.?$/i.test(hostname);
  return loopback.check(ip.text, ip.family);
}

/** Loopback, or an address of a private or link-local network. Names are not resolved. */
export function isInside(hostname: string): boolean {
  const ip = address(hostname);
  return isLoopback(hostname) || (ip !== null && inside.check(ip.text, ip.family));
}

/** A URL for logs and messages: no user, no password, no query. */
export function printUrl(url: string | URL): string {
  const parsed = new URL(url);
  return `${parsed.host}${parsed.pathname}`;
}
