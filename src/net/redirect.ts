import { Problem } from '../errors.ts';
import { isLoopback, printUrl } from './hosts.ts';

export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly withBody: boolean;
}

const statuses = new Set([301, 302, 303, 307, 308]);
const credentials = new Set(['authorization', 'cookie', 'proxy-authorization']);

/**
 * Where a reply sends its request, null when nowhere. Credentials stay with the origin they were meant for; a write is not
 * carried to another origin at all, and nothing goes on in the clear off this machine.
 * 301 and 302 keep the method (RFC 9110 allows it, GitHub asks for it); 303 makes it a GET.
 */
export function nextHop(hop: Hop, status: number, location: string | null): Hop | null {
  if (!statuses.has(status) || location === null) return null;
  if (!URL.canParse(location, hop.url.href)) throw refused(hop, 'to something that is no URL');
  const url = new URL(location, hop.url);
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  if (!secure) throw refused(hop, `to ${url.protocol}//${url.host}, which is not https`);

  const sameOrigin = url.origin === hop.url.origin;
  const reads = hop.method === 'GET' || hop.method === 'HEAD';
  if (!reads && !sameOrigin && status !== 303) throw refused(hop, `a ${hop.method} to another host, ${url.host}`);
  // User and password in a Location are not ours to send.
  url.username = '';
  url.password = '';
  return {
    method: status === 303 && hop.method !== 'HEAD' ? 'GET' : hop.method,
    url,
    headers: sameOrigin
      ? hop.headers
      : Object.fromEntries(Object.entries(hop.headers).filter(([name]) => !credentials.has(name.toLowerCase()))),
    withBody: hop.withBody && status !== 303,
  };
}

function refused(hop: Hop, where: string): Problem {
  return new Problem('OR-NET-REDIRECT', `${printUrl(hop.url)} redirects ${where}; not followed`);
}
