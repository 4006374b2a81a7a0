import { Problem } from '../errors.ts';
import { digestOf } from './digest.ts';
import { parseJson } from './json.ts';
import { printName } from './reference.ts';
import { fallbackIndex, parseReferrers, referrersTag } from './referrers.ts';
import { mediaTypes } from './types.ts';
import type { Descriptor, Manifest, Registry } from './types.ts';

/** Something that belongs to a manifest: a signature, an SBOM. */
export interface Attachment {
  readonly artifactType: string;
  readonly bytes: Buffer;
  readonly annotations: Readonly<Record<string, string>>;
}

const empty = Buffer.from('{}');
/** Reads until a registry that lags shows what was written. */
const readBackTries = 8;
/** Writings over by another run, after which this one gives in. */
const indexTries = 5;

function manifestOf(subject: Descriptor, { artifactType, bytes, annotations }: Attachment): Manifest {
  const { mediaType, digest, size } = subject;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      artifactType,
      config: { mediaType: mediaTypes.empty, digest: digestOf(empty), size: empty.length, data: 'e30=' },
      layers: [{ mediaType: artifactType, digest: digestOf(bytes), size: bytes.length }],
      subject: { mediaType, digest, size },
      annotations,
    }),
  );
  return { mediaType: mediaTypes.manifest, digest: digestOf(manifest), size: manifest.length, bytes: manifest };
}

/**
 * Attaches something to a manifest of the same repository, as OCI 1.1 does it: a manifest with a `subject`, which the registry
 * lists by itself, or which is added to the list under the fallback tag. Read back. Returns the digest of that manifest.
 * Errors: OR-REGISTRY-REFERRERS, OR-REGISTRY-READBACK.
 */
export async function attach(
  registry: Registry,
  repository: string,
  subject: Descriptor,
  attachment: Attachment,
): Promise<string> {
  const manifest = manifestOf(subject, attachment);
  const { bytes } = attachment;
  await registry.uploadBlob(repository, { digest: digestOf(empty), size: empty.length }, { bytes: empty });
  await registry.uploadBlob(repository, { digest: digestOf(bytes), size: bytes.length }, { bytes });
  await registry.putManifest(repository, manifest.digest, manifest.bytes, manifest.mediaType);
  const { api } = await registry.listReferrers(repository, subject.digest);
  if (!api) await addToFallback(registry, repository, subject.digest, manifest, attachment);
  await readBack(registry, repository, subject.digest, manifest.digest);
  return manifest.digest;
}

/** Adds a descriptor to the list that clients keep themselves; what others have put there stays as it is. */
async function addToFallback(
  registry: Registry,
  repository: string,
  subject: string,
  manifest: Manifest,
  { artifactType, annotations }: Attachment,
): Promise<void> {
  const tag = referrersTag(subject);
  const read = (): Promise<Manifest | null> =>
    fallbackIndex((name) => registry.getManifest(repository, name), repository, subject);
  const { mediaType, digest, size } = manifest;
  for (let tries = 1; tries <= indexTries; tries += 1) {
    const there = await read();
    const what = printName(repository, tag);
    if (there !== null && parseReferrers(there.bytes, what).some((each) => each.digest === digest)) return;
    const before = there === null ? {} : parseJson(there.bytes, what);
    const others = Array.isArray(before['manifests']) ? (before['manifests'] as unknown[]) : [];
    const index = {
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      ...before,
      manifests: [...others, { mediaType, digest, size, artifactType, annotations }],
    };
    await registry.putManifest(repository, tag, Buffer.from(JSON.stringify(index)), mediaTypes.index);
    // Another run may have read the same list before and written it after: then ours is missing, and is added again.
    const now = await settled(registry, read, tag, there?.digest ?? null);
    if (now !== null && parseReferrers(now.bytes, what).some((each) => each.digest === digest)) return;
  }
  throw notVisible(repository, subject, digest);
}

/** The list once it is no longer what it was before the write: a replica may lag. */
async function settled(
  registry: Registry,
  read: () => Promise<Manifest | null>,
  tag: string,
  before: string | null,
): Promise<Manifest | null> {
  for (let tries = 1; ; tries += 1) {
    const now = await read();
    if ((now?.digest ?? null) !== before) return now;
    if (!(await registry.backoff(`GET ${tag}`, 'not visible yet', tries, { tries: readBackTries }))) return now;
  }
}

async function readBack(registry: Registry, repository: string, subject: string, digest: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { manifests } = await registry.listReferrers(repository, subject);
    if (manifests.some((each) => each.digest === digest)) return;
    const what = `referrers of ${printName(repository, subject)}`;
    if (!(await registry.backoff(what, 'not visible yet', tries, { tries: readBackTries }))) break;
  }
  throw notVisible(repository, subject, digest);
}

function notVisible(repository: string, subject: string, digest: string): Problem {
  return new Problem(
    'OR-REGISTRY-READBACK',
    `${digest} was attached to ${printName(repository, subject)}, but is not among what belongs to it`,
    { hint: 'the registry took the write and does not show it; run the job again' },
  );
}
