import type { Published } from '../engine/outcome.ts';

/** A job may declare this many. */
const mostArtifacts = 500;

/**
 * Lines for `$GITHUB_ARTIFACTS`, `oci://<repository>@sha256:<hex>`, from which `actions/attest` takes its subjects. The
 * runner fails a step for a malformed line, for one with `=`, and for a name with two digests; such are left out.
 */
export function artifactLines(published: readonly Published[]): string[] {
  const digests = new Map<string, string>();
  for (const { kind, name, digest } of published) {
    if (kind !== 'image' && kind !== 'chart') continue;
    const repository = name.replace(/^oci:\/\//, '').replace(/(?:@sha256:[0-9a-f]+|:[^/:]+)$/, '');
    if (digest === null || !/^sha256:[0-9a-f]{64}$/.test(digest) || !/^[\w.:/-]+$/.test(repository)) continue;
    if (!digests.has(repository)) digests.set(repository, digest);
  }
  return [...digests].slice(0, mostArtifacts).map(([repository, digest]) => `oci://${repository}@${digest}`);
}
