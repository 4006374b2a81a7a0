import { open, rename, rm } from 'node:fs/promises';
import { openAsBlob } from 'node:fs';
import { Problem } from '../errors.ts';
import { printUrl } from '../net/hosts.ts';
import type { Http, HttpReply } from '../net/types.ts';
import { digestLike, hashFor, mismatch } from './digest.ts';
import { hasCode, refusal } from './errors.ts';
import { isDigest } from './reference.ts';
import type { Place } from './session.ts';
import type { BlobSource, Descriptor, Uploaded } from './types.ts';

/** Digest mismatches after which a download is given up: a cut reply without a length shows itself only so. */
const downloadTries = 3;
/** Charts and configurations; a layer goes to a file. */
const maxBytesInMemory = 64 * 1024 * 1024;

function target({ repository, path }: Place, digest: string): string {
  if (!isDigest(digest))
    throw new Problem('OR-REGISTRY-NAME', `${JSON.stringify(digest)} is not a digest of ${repository}`);
  return `${path}/blobs/${digest}`;
}

export async function hasBlob(place: Place, digest: string, access: 'pull' | 'push' = 'pull'): Promise<boolean> {
  const what = `look for ${place.repository}@${digest}`;
  const grant = { path: place.path, access };
  const reply = await place.host.send({ method: 'HEAD', to: target(place, digest), grant, what });
  if (reply.status === 200) return true;
  // Whatever the 404 means: uploading what is there already does no harm.
  if (reply.status === 404) return false;
  throw refusal(reply, what, access);
}

export async function getBlobBytes(place: Place, { digest, size }: Descriptor): Promise<Buffer> {
  const what = `read ${place.repository}@${digest}`;
  const maxBytes = Math.min(size, maxBytesInMemory);
  const grant = { path: place.path, access: 'pull' as const };
  const reply = await place.host.send({ method: 'GET', to: target(place, digest), grant, what, maxBytes });
  if (reply.status !== 200) throw refusal(reply, what, 'pull');
  const got = digestLike(digest, reply.body);
  if (got !== digest) throw mismatch(`a blob of ${place.repository}`, digest, got);
  return reply.body;
}

export async function getBlob(http: Http, place: Place, blob: Descriptor, file: string): Promise<void> {
  const what = `read ${place.repository}@${blob.digest}`;
  const part = `${file}.part`;
  for (let tries = 1; ; tries += 1) {
    let got = '';
    const reply = await place.host.send({
      method: 'GET',
      to: target(place, blob.digest),
      grant: { path: place.path, access: 'pull' },
      what,
      sink: async (chunks) => {
        got = await save(chunks, blob, part);
      },
    });
    if (reply.status !== 200) throw refusal(reply, what, 'pull');
    if (got === blob.digest) return rename(part, file);
    await rm(part, { force: true });
    if (!(await http.backoff(what, 'the digest differs', tries, { tries: downloadTries }))) {
      throw mismatch(`a blob of ${place.repository}`, blob.digest, got);
    }
  }
}

/** Writes a stream to a file and returns its digest; stops where it grows longer than the blob. */
async function save(chunks: AsyncIterable<Uint8Array>, blob: Descriptor, file: string): Promise<string> {
  const hash = hashFor(blob.digest);
  const handle = await open(file, 'w');
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      hash.update(chunk);
      if (size > blob.size) break;
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return `${blob.digest.slice(0, blob.digest.indexOf(':'))}:${hash.digest('hex')}`;
}

/** `mounted` when the other repository had the blob, else where to upload it to. */
export async function startUpload(
  place: Place,
  mount?: { readonly digest: string; readonly from: string },
): Promise<URL | 'mounted'> {
  const what = `upload to ${place.repository}`;
  const query =
    mount === undefined ? '' : `?mount=${encodeURIComponent(mount.digest)}&from=${encodeURIComponent(mount.from)}`;
  const reply = await place.host.send({
    method: 'POST',
    to: `${place.path}/blobs/uploads/${query}`,
    grant: { path: place.path, access: 'push', ...(mount === undefined ? {} : { from: mount.from }) },
    what,
  });
  if (reply.status === 201 && mount !== undefined) return 'mounted';
  if (reply.status !== 202) throw refusal(reply, what, 'push');
  return locationOf(reply, place);
}

/** The upload session's URL, its query as it came. Credentials will go there: no other host, nothing in the clear. */
function locationOf(reply: HttpReply, place: Place): URL {
  const location = reply.headers.get('location') ?? '';
  const { base } = place.host;
  if (location === '' || !URL.canParse(location, reply.url)) {
    throw new Problem(
      'OR-REGISTRY-REFUSED',
      `${base.host} started an upload to ${place.repository} without saying where`,
    );
  }
  const url = new URL(location, reply.url);
  if (url.origin !== base.origin) {
    throw new Problem(
      'OR-REGISTRY-AUTH',
      `${base.host} sends an upload to ${url.protocol}//${printUrl(url)}; not followed`,
      {
        hint: 'no content and no credentials were sent there; behind a proxy, set the registry’s own external address',
      },
    );
  }
  url.username = '';
  url.password = '';
  return url;
}

function withDigest(session: URL, digest: string): string {
  // By hand: URLSearchParams would write the registry's own state anew, and not always the same.
  return `${session.href}${session.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`;
}

/** Why an upload has to start again with a new session; null when it is done. */
async function transfer(place: Place, session: URL, digest: string, source: BlobSource): Promise<string | null> {
  const what = `upload to ${place.repository}`;
  const body = 'bytes' in source ? source.bytes : await openAsBlob(source.file);
  let reply: HttpReply;
  try {
    reply = await place.host.send({
      method: 'PUT',
      to: new URL(withDigest(session, digest)),
      headers: { 'content-type': 'application/octet-stream' },
      body,
      grant: { path: place.path, access: 'push' },
      what,
      // Half of the bytes may be in the session already, so the same request again would not do the same.
      repeat: 'when-refused',
    });
  } catch (error) {
    if (error instanceof Problem && error.code === 'OR-REGISTRY-UNREACHABLE') return 'the connection broke';
    throw error;
  }
  if (reply.status >= 200 && reply.status < 300) return null;
  if (hasCode(reply, 'DIGEST_INVALID', 'SIZE_INVALID')) throw refusal(reply, what, 'push');
  if (reply.status === 404 || reply.status === 416 || hasCode(reply, 'BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID')) {
    return 'the upload session is lost';
  }
  if (reply.status === 408 || reply.status >= 499) return `answered ${reply.status}`;
  throw refusal(reply, what, 'push');
}

async function mountOf(place: Place, digest: string, from: string | null): Promise<URL | 'mounted'> {
  if (from === null) return startUpload(place);
  try {
    return await startUpload(place, { digest, from });
  } catch (error) {
    // No right to read the other repository is no reason not to upload.
    if (error instanceof Problem && error.code === 'OR-REGISTRY-DENIED') return startUpload(place);
    throw error;
  }
}

export async function uploadBlob(
  http: Http,
  place: Place,
  blob: Pick<Descriptor, 'digest' | 'size'>,
  source: BlobSource,
  from: string | null,
): Promise<Uploaded> {
  const what = `PUT ${place.repository}@${blob.digest.slice(0, 19)}`;
  for (let tries = 1; ; tries += 1) {
    // Also after a lost reply: the upload may have been whole.
    if (await hasBlob(place, blob.digest, 'push')) return tries === 1 ? 'there' : 'uploaded';
    const session = await mountOf(place, blob.digest, tries === 1 ? from : null);
    if (session === 'mounted') return 'mounted';
    const why = await transfer(place, session, blob.digest, source);
    if (why === null) return 'uploaded';
    if (!(await http.backoff(what, why, tries))) {
      throw new Problem('OR-REGISTRY-UNREACHABLE', `the upload to ${place.repository} does not come through: ${why}`, {
        hint: 'what is uploaded stays there; run the job again to go on',
      });
    }
  }
}
