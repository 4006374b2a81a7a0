import { Problem } from '../errors.ts';
import { each } from './each.ts';
import { blobPath, readLayout } from './read-layout.ts';
import type { Layout } from './read-layout.ts';
import type { Descriptor, Manifest, Registry } from './types.ts';

export interface PushedLayout extends Descriptor {
  /** Blobs that went over the wire, and those that did not have to. */
  readonly uploaded: number;
  readonly there: number;
  /** False when the whole image was there already: nothing was written. */
  readonly written: boolean;
}

export interface PushLayoutOptions {
  /** A repository of the same registry that may have the blobs already. */
  readonly from?: string;
  /** Chooses the image where the folder holds several. */
  readonly digest?: string;
}

/** As many uploads at a time as the engines make; more only meets the registry's limits. */
const parallel = 4;
const pushTries = 4;

/**
 * Pushes an image by digest, without a tag: all blobs, then the manifests, the top one last. What is there already is not sent.
 * When the registry then misses a blob that it had confirmed, everything is looked up and sent again.
 */
export async function pushLayout(
  registry: Registry,
  layoutDir: string,
  repository: string,
  options: PushLayoutOptions = {},
): Promise<PushedLayout> {
  const layout = await readLayout(layoutDir, options.digest);
  const { mediaType, digest, size } = layout.top;
  const top = { mediaType, digest, size };
  // A registry takes a manifest only when it has all that the manifest names.
  if ((await registry.headManifest(repository, digest)) !== null) {
    return { ...top, uploaded: 0, there: layout.blobs.length, written: false };
  }
  for (let tries = 1; ; tries += 1) {
    const uploaded = await pushBlobs(registry, layout, repository, options.from);
    try {
      await pushManifests(registry, layout, repository, tries > 1);
      return { ...top, uploaded, there: layout.blobs.length - uploaded, written: true };
    } catch (error) {
      const lost = error instanceof Problem && error.code === 'OR-REGISTRY-BLOB-UNKNOWN';
      const what = `PUT ${repository}@${digest.slice(0, 19)}`;
      if (!lost || !(await registry.backoff(what, 'the registry misses a blob', tries, { tries: pushTries })))
        throw error;
    }
  }
}

async function pushBlobs(registry: Registry, layout: Layout, repository: string, from?: string): Promise<number> {
  let uploaded = 0;
  await each(layout.blobs, parallel, async (blob) => {
    const source = { file: blobPath(layout.dir, blob.digest) };
    const how = await registry.uploadBlob(repository, blob, source, from === undefined ? {} : { from });
    if (how === 'uploaded') uploaded += 1;
  });
  return uploaded;
}

async function pushManifests(registry: Registry, layout: Layout, repository: string, all: boolean): Promise<void> {
  const put = async ({ digest, bytes, mediaType }: Manifest): Promise<void> => {
    await registry.putManifest(repository, digest, bytes, mediaType);
  };
  for (const child of layout.children) {
    // After a lost blob nothing that the registry says to have is believed.
    if (all || (await registry.headManifest(repository, child.digest)) === null) await put(child);
  }
  await put(layout.top);
}
