import { Problem } from '../errors.ts';
import { isDigest, printName } from './reference.ts';
import type { Manifest, Registry } from './types.ts';

/** They span about ten seconds; GHCR needs some to show everywhere what it took. */
const presentTries = 6;

/**
 * A manifest that the registry is known to have, asked for by its digest until it shows it: a replica may lag. Null when it
 * does not. What a tag names is asked for once: there may be no such tag.
 */
export async function readPresent(
  registry: Registry,
  repository: string,
  tagOrDigest: string,
): Promise<Manifest | null> {
  for (let tries = 1; ; tries += 1) {
    const manifest = await registry.getManifest(repository, tagOrDigest);
    if (manifest !== null || !isDigest(tagOrDigest)) return manifest;
    const what = `GET ${printName(repository, tagOrDigest)}`;
    if (!(await registry.backoff(what, 'not visible yet', tries, { tries: presentTries }))) return null;
  }
}

/** As `readPresent`, for what nothing can go on without. Throws `Problem` OR-REGISTRY-ABSENT. */
export async function need(registry: Registry, repository: string, tagOrDigest: string): Promise<Manifest> {
  const manifest = await readPresent(registry, repository, tagOrDigest);
  if (manifest !== null) return manifest;
  throw new Problem('OR-REGISTRY-ABSENT', `${printName(repository, tagOrDigest)} does not exist`, {
    hint: 'it was never pushed, or a cleanup of untagged images took it',
  });
}
