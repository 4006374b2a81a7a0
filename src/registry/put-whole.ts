import { Problem } from '../errors.ts';
import { printName } from './reference.ts';
import type { Manifest, Registry } from './types.ts';

const putTries = 4;

/**
 * Writes a manifest whose blobs the registry has confirmed. Where it misses one of them nevertheless, it lags or has lost it:
 * `resend` looks for them and sends what is missing, and the manifest is written again.
 * Errors: OR-REGISTRY-BLOB-UNKNOWN when that does not help.
 */
export async function putWhole(
  registry: Registry,
  repository: string,
  tagOrDigest: string,
  manifest: Manifest,
  resend?: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await registry.putManifest(repository, tagOrDigest, manifest.bytes, manifest.mediaType);
      return;
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'OR-REGISTRY-BLOB-UNKNOWN') throw error;
      const what = `PUT ${printName(repository, tagOrDigest)}`;
      if (!(await registry.backoff(what, 'the registry misses a blob', tries, { tries: putTries }))) throw error;
      await resend?.();
    }
  }
}
