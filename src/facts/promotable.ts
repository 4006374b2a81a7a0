import type { Registry } from '../registry/types.ts';
import { manifestAnnotations } from '../registry/layout.ts';

/**
 * The digest that an earlier run published for a commit after its tests, under one of the given tags, best first: the
 * version's own, so that a re-run never builds again, then `sha-…`, which only a green run of the commit writes. The image
 * itself has to say that it was built from that commit. Null when there is none.
 */
export async function promotableDigest(
  registry: Registry,
  repository: string,
  tags: readonly string[],
  sha: string,
): Promise<{ readonly tag: string; readonly digest: string } | null> {
  for (const tag of tags) {
    const manifest = await registry.getManifest(repository, tag);
    if (manifest === null) continue;
    if (manifestAnnotations(manifest)['org.opencontainers.image.revision'] === sha)
      return { tag, digest: manifest.digest };
  }
  return null;
}
