import { Problem } from '../errors.ts';
import { refusal, saysAbsent } from './errors.ts';
import { isTag } from './reference.ts';
import type { Place } from './session.ts';

const perPage = 1000;
/** A million tags; a registry that always names a next page does not hold a run for ever. */
const maxPages = 1000;

/** The target of `rel="next"` in a `Link` header (RFC 8288), null when there is none. Linear in its length. */
export function nextLink(header: string | null): string | null {
  let rest = header ?? '';
  for (;;) {
    const start = rest.indexOf('<');
    const end = rest.indexOf('>', start);
    if (start === -1 || end === -1) return null;
    const following = rest.indexOf('<', end);
    const parameters = rest.slice(end + 1, following === -1 ? undefined : following);
    if (/;\s{0,8}rel\s{0,8}=\s{0,8}(?:"next"|next(?![^\s;,]))/i.test(parameters)) return rest.slice(start + 1, end);
    if (following === -1) return null;
    rest = rest.slice(following);
  }
}

export async function listTags(place: Place): Promise<string[]> {
  const what = `list the tags of ${place.repository}`;
  const { host, path } = place;
  const tags: string[] = [];
  let url: URL | null = new URL(`${path}/tags/list?n=${perPage}`, host.base);
  for (let page = 0; url !== null; page += 1) {
    const reply = await host.send({ method: 'GET', to: url, grant: { path, access: 'pull' }, what });
    if (page === 0 && saysAbsent(reply)) return [];
    if (reply.status !== 200) throw refusal(reply, what, 'pull');
    const body = reply.json();
    if (typeof body === 'object' && body !== null && 'tags' in body && Array.isArray(body.tags)) {
      tags.push(...body.tags.filter((tag): tag is string => typeof tag === 'string' && isTag(tag)));
    }
    const next = nextLink(reply.headers.get('link'));
    url = next !== null && URL.canParse(next, reply.url) ? new URL(next, reply.url) : null;
    if (url !== null && url.origin !== host.base.origin) {
      throw new Problem(
        'OR-REGISTRY-AUTH',
        `${host.base.host} continues its list of tags at ${url.host}; not followed`,
      );
    }
    if (page === maxPages) {
      throw new Problem('OR-REGISTRY-REFUSED', `the list of tags of ${place.repository} does not end`);
    }
  }
  return tags;
}
