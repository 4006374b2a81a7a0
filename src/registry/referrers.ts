import { Problem } from '../errors.ts';
import { refusal, saysAbsent } from './errors.ts';
import { isIndex, parseIndex, parseJson } from './json.ts';
import { getManifest } from './manifests.ts';
import { printName } from './reference.ts';
import type { Place } from './session.ts';
import { nextLink } from './tags.ts';
import { mediaTypes } from './types.ts';
import type { Manifest, Referrer, Referrers } from './types.ts';

const maxPages = 100;
/** By which a registry says that it does not have the API: 404 in the specification, the others in the field. */
const withoutApi = new Set([400, 404, 405, 406, 501]);

/**
 * The tag that stands in for the referrers API where a registry has none (OCI distribution 1.1, "Referrers Tag Schema"):
 * `<algorithm>-<first 64 characters of the hash>`.
 */
export function referrersTag(digest: string): string {
  const [algorithm = '', hash = ''] = digest.split(':');
  return `${algorithm}-${hash.slice(0, 64)}`;
}

/** The descriptors of a list of referrers; what else is in them is not ours to lose, so that it is not read here. */
export function parseReferrers(bytes: Buffer, what: string): Referrer[] {
  const raw = parseJson(bytes, what)['manifests'];
  const types = Array.isArray(raw) ? raw.map((item: unknown) => artifactTypeOf(item)) : [];
  return parseIndex(bytes, what).map(({ mediaType, digest, size, annotations }, index) => ({
    mediaType,
    digest,
    size,
    annotations,
    artifactType: types[index] ?? '',
  }));
}

function artifactTypeOf(descriptor: unknown): string {
  return typeof descriptor === 'object' &&
    descriptor !== null &&
    'artifactType' in descriptor &&
    typeof descriptor.artifactType === 'string'
    ? descriptor.artifactType
    : '';
}

/** The index under the fallback tag, null when there is none. Throws OR-REGISTRY-REFERRERS for anything but an index. */
export async function fallbackIndex(
  read: (tag: string) => Promise<Manifest | null>,
  repository: string,
  digest: string,
): Promise<Manifest | null> {
  const tag = referrersTag(digest);
  const found = await read(tag);
  if (found === null || isIndex(found.mediaType)) return found;
  // The specification asks to stop here: whatever it is, it is somebody's.
  throw new Problem('OR-REGISTRY-REFERRERS', `${printName(repository, tag)} is no list of referrers`, {
    hint: `it is ${found.mediaType}; delete that tag, or move what it names, and run the job again`,
  });
}

/** What names a manifest as its subject: by the referrers API, else by the fallback tag. */
export async function listReferrers(place: Place, digest: string): Promise<Referrers> {
  const { host, path, repository } = place;
  const what = `list what belongs to ${printName(repository, digest)}`;
  const found: Referrer[] = [];
  let url: URL | null = new URL(`${path}/referrers/${digest}`, host.base);
  for (let page = 0; url !== null; page += 1) {
    const reply = await host.send({
      method: 'GET',
      to: url,
      headers: { accept: mediaTypes.index },
      grant: { path, access: 'pull' },
      what,
    });
    const isList = reply.status === 200 && (reply.headers.get('content-type') ?? '').startsWith(mediaTypes.index);
    // Some registries and proxies answer 200 with a page of their own to what they do not know.
    if (page === 0 && (withoutApi.has(reply.status) || saysAbsent(reply) || (reply.status === 200 && !isList))) {
      const index = await fallbackIndex((tag) => getManifest(place, tag), repository, digest);
      return { api: false, manifests: index === null ? [] : parseReferrers(index.bytes, what) };
    }
    if (!isList) throw refusal(reply, what, 'pull');
    found.push(...parseReferrers(reply.body, what));
    const next = nextLink(reply.headers.get('link'));
    url = next !== null && URL.canParse(next, reply.url) ? new URL(next, reply.url) : null;
    if (url !== null && url.origin !== host.base.origin) {
      throw new Problem('OR-REGISTRY-AUTH', `${host.base.host} continues a list at ${url.host}; not followed`);
    }
    if (page === maxPages) throw new Problem('OR-REGISTRY-REFUSED', `the ${what} does not end`);
  }
  return { api: true, manifests: found };
}
