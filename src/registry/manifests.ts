import { Problem } from '../errors.ts';
import { digestLike, digestOf, mismatch } from './digest.ts';
import { hasCode, refusal, saysAbsent } from './errors.ts';
import { isDigest, isTag, printName } from './reference.ts';
import type { Place } from './session.ts';
import { mediaTypes } from './types.ts';
import type { Descriptor, Manifest } from './types.ts';

const accept = [mediaTypes.index, mediaTypes.manifest, mediaTypes.dockerList, mediaTypes.dockerManifest].join(', ');
/** The specification's limit for a manifest that every registry takes. */
const maxManifest = 4 * 1024 * 1024;

function target({ repository, path }: Place, tagOrDigest: string): string {
  if (!isTag(tagOrDigest) && !isDigest(tagOrDigest)) {
    throw new Problem(
      'OR-REGISTRY-NAME',
      `${JSON.stringify(tagOrDigest)} is neither a tag nor a digest of ${repository}`,
    );
  }
  return `${path}/manifests/${tagOrDigest}`;
}

function mediaTypeOf(headers: Headers): string {
  return (headers.get('content-type') ?? '').replace(/;.*$/s, '').trim();
}

export async function headManifest(place: Place, tagOrDigest: string): Promise<Descriptor | null> {
  const reply = await place.host.send({
    method: 'HEAD',
    to: target(place, tagOrDigest),
    headers: { accept },
    grant: { path: place.path, access: 'pull' },
    what: `read ${printName(place.repository, tagOrDigest)}`,
  });
  const digest = reply.headers.get('docker-content-digest') ?? '';
  const size = Number(reply.headers.get('content-length') ?? Number.NaN);
  const asked = !isDigest(tagOrDigest) || digest === tagOrDigest;
  if (reply.status === 200 && isDigest(digest) && asked && Number.isInteger(size)) {
    return { mediaType: mediaTypeOf(reply.headers), digest, size };
  }
  // A reply to HEAD has no body: only GET tells "no such tag" from any other 404, and
  // the true digest where the header is missing or names another.
  const manifest = await getManifest(place, tagOrDigest);
  return manifest === null ? null : { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size };
}

export async function getManifest(place: Place, tagOrDigest: string): Promise<Manifest | null> {
  const name = printName(place.repository, tagOrDigest);
  const reply = await place.host.send({
    method: 'GET',
    to: target(place, tagOrDigest),
    headers: { accept },
    maxBytes: maxManifest,
    grant: { path: place.path, access: 'pull' },
    what: `read ${name}`,
  });
  if (saysAbsent(reply)) return null;
  if (reply.status !== 200) throw refusal(reply, `read ${name}`, 'pull');
  for (const promised of [reply.headers.get('docker-content-digest') ?? '', tagOrDigest]) {
    const got = isDigest(promised) ? digestLike(promised, reply.body) : promised;
    if (got !== promised) throw mismatch(name, promised, got);
  }
  const digest = isDigest(tagOrDigest) ? tagOrDigest : digestOf(reply.body);
  return { mediaType: mediaTypeOf(reply.headers), digest, size: reply.body.length, bytes: reply.body };
}

export async function putManifest(
  place: Place,
  tagOrDigest: string,
  bytes: Buffer,
  mediaType: string,
): Promise<string> {
  const name = printName(place.repository, tagOrDigest);
  const digest = isDigest(tagOrDigest) ? digestLike(tagOrDigest, bytes) : digestOf(bytes);
  if (isDigest(tagOrDigest) && digest !== tagOrDigest)
    throw mismatch(`what was to become ${name}`, tagOrDigest, digest);
  const reply = await place.host.send({
    method: 'PUT',
    to: target(place, tagOrDigest),
    headers: { 'content-type': mediaType },
    body: bytes,
    grant: { path: place.path, access: 'push' },
    what: `write ${name}`,
  });
  // 404 in the specification, 400 in its reference registry.
  if (hasCode(reply, 'MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN')) {
    throw new Problem('OR-REGISTRY-BLOB-UNKNOWN', `${name} names a blob that ${place.repository} does not have`, {
      hint: 'the registry lost or has not yet seen an upload; run the job again',
    });
  }
  if (reply.status < 200 || reply.status > 299) throw refusal(reply, `write ${name}`, 'push');
  const stored = reply.headers.get('docker-content-digest') ?? '';
  if (isDigest(stored) && digestLike(stored, bytes) !== stored) throw mismatch(name, digest, stored);
  return digest;
}
