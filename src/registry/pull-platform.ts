import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../errors.ts';
import { digestOfFile } from './digest.ts';
import { each } from './each.ts';
import { isIndex, isPlatform, parseIndex, parseManifest, printPlatform } from './json.ts';
import { blobPath, readLayout } from './read-layout.ts';
import type { Layout } from './read-layout.ts';
import { need } from './present.ts';
import { mediaTypes } from './types.ts';
import type { Manifest, Registry } from './types.ts';

const parallel = 4;
export const layoutVersion = '{"imageLayoutVersion":"1.0.0"}';

/** The manifest of one platform: of an index the child, of a plain image the manifest itself. */
export async function findPlatform(
  registry: Registry,
  repository: string,
  digest: string,
  platform: string,
): Promise<Manifest> {
  const top = await need(registry, repository, digest);
  if (!isIndex(top.mediaType)) return top;
  const children = parseIndex(top.bytes, `${repository}@${digest}`);
  const child = children.find((each) => each.platform !== null && isPlatform(each.platform, platform));
  if (child !== undefined) return need(registry, repository, child.digest);
  const held = children.flatMap((each) => (each.platform === null ? [] : [printPlatform(each.platform)]));
  throw new Problem('OR-REGISTRY-ABSENT', `${repository}@${digest} has no ${platform}, only ${held.join(', ')}`, {
    hint: 'add the platform to `platforms`',
  });
}

/** Makes a layout of one platform's image from a registry; files that are there and right are not fetched again. */
export async function pullPlatform(
  registry: Registry,
  repository: string,
  digest: string,
  platform: string,
  dir: string,
): Promise<Layout> {
  const manifest = await findPlatform(registry, repository, digest, platform);
  const { config, layers } = parseManifest(manifest.bytes, `${repository}@${manifest.digest}`);
  const blobs = [...new Map([config, ...layers].map((blob) => [blob.digest, blob])).values()];
  await each(blobs, parallel, async (blob) => {
    const file = blobPath(dir, blob.digest);
    await mkdir(dirname(file), { recursive: true });
    const got = await digestOfFile(blob.digest, file).catch(() => null);
    if (got !== blob.digest) await registry.getBlob(repository, blob, file);
  });
  await mkdir(dirname(blobPath(dir, manifest.digest)), { recursive: true });
  await writeFile(blobPath(dir, manifest.digest), manifest.bytes);
  await writeFile(join(dir, 'oci-layout'), layoutVersion);
  const entry = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size };
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [entry] };
  await writeFile(join(dir, 'index.json'), JSON.stringify(index));
  return readLayout(dir);
}
