import { Problem } from '../errors.ts';
import { isInside, isLoopback } from '../net/hosts.ts';
import type { Http } from '../net/types.ts';
import { classifyRegistry, denied, refusal } from './errors.ts';
import type { Access } from './errors.ts';
import type { Credentials } from './types.ts';

/** Where a Bearer challenge sends its client. */
export interface Realm {
  readonly url: URL;
  readonly service: string | null;
}

export interface Token {
  readonly text: string;
  /** Milliseconds since 1970; some time before the registry's own end. */
  readonly until: number;
}

const maxReply = 1024 * 1024;
/** The distribution token specification: 60 s when the reply names none. */
const defaultSeconds = 60;
/** A token is given up after this part of its life, so that it does not end on the way. */
const usable = 0.8;

export function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function unsafe(host: string, why: string): Problem {
  return new Problem('OR-REGISTRY-AUTH', `${host} wants its login at a place that is not safe: ${why}`, {
    hint: 'no credentials were sent; check the name of the registry, and what answers under it',
  });
}

/**
 * Where credentials may go. A registry could name any place as its token service: only https, and not back into our own
 * network unless the registry is there itself.
 */
export function checkRealm(registry: URL, realm: string, service: string | null): Realm {
  if (!URL.canParse(realm)) throw unsafe(registry.host, 'the realm is no URL');
  const url = new URL(realm);
  if (url.username !== '' || url.password !== '') throw unsafe(registry.host, 'the realm holds a user name');
  const local = isLoopback(registry.hostname) && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !(local && url.protocol === 'http:')) {
    throw unsafe(registry.host, `${url.protocol}//${url.host} is not https`);
  }
  if (isInside(url.hostname) && !isInside(registry.hostname)) {
    throw unsafe(registry.host, `${url.host} is an address of a private network`);
  }
  if (isLoopback(url.hostname) && !isLoopback(registry.hostname)) {
    throw unsafe(registry.host, `${url.host} is this machine`);
  }
  return { url, service };
}

/** The token exchange of the distribution specification (GET with Basic, or anonymous without credentials). */
export async function fetchToken(
  http: Http,
  registry: URL,
  realm: Realm,
  scopes: readonly string[],
  access: Access,
  credentials: Credentials | null,
  clock: () => number,
): Promise<Token> {
  const url = new URL(realm.url);
  if (realm.service !== null) url.searchParams.set('service', realm.service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const asked = clock();
  const reply = await http.send({
    method: 'GET',
    url,
    headers: credentials === null ? {} : { authorization: basic(credentials) },
    repeat: 'always',
    redirects: 'return',
    maxBytes: maxReply,
    classify: classifyRegistry,
  });
  if (reply.status >= 300 && reply.status < 400) throw unsafe(registry.host, 'its token service redirects');
  if (reply.status === 401 || reply.status === 403) {
    const who = credentials === null ? 'it wants a login' : 'its token service refuses the credentials';
    throw denied('log in', registry.host, access, who);
  }
  if (reply.status !== 200) throw refusal(reply, 'get a token', access);

  const body = reply.json();
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = [fields['token'], fields['access_token']].find((value) => typeof value === 'string' && value !== '');
  // A line break would start a header of its own.
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) {
    throw new Problem('OR-REGISTRY-AUTH', `the token service of ${registry.host} answered without a token`);
  }
  const seconds = fields['expires_in'];
  const life = typeof seconds === 'number' && seconds > 0 ? seconds : defaultSeconds;
  return { text, until: asked + life * 1000 * usable };
}
