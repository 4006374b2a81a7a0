import type { Http } from '../net/types.ts';
import { Problem } from '../errors.ts';
import { checkPush } from './access.ts';
import { getBlob, getBlobBytes, hasBlob, uploadBlob } from './blobs.ts';
import { getManifest, headManifest, putManifest } from './manifests.ts';
import { listReferrers } from './referrers.ts';
import { createHosts } from './session.ts';
import { listTags } from './tags.ts';
import type { Credentials, Registry } from './types.ts';

export type { Registry } from './types.ts';

export interface RegistryOptions {
  readonly http: Http;
  /** For a host as it stands in a repository's name; null to read and write anonymously. */
  readonly credentials: (host: string) => Credentials | null | Promise<Credentials | null>;
  /** Milliseconds since 1970; for the life of tokens. */
  readonly clock?: () => number;
}

/**
 * A client for OCI registries. It writes exactly the bytes it is given: a promoted image keeps its digest.
 * Plain http on loopback only.
 */
export function createRegistry({ http, credentials, clock = Date.now }: RegistryOptions): Registry {
  const at = createHosts(http, credentials, clock);
  // `async` so that a bad name is a rejection, as every other failure.
  return {
    headManifest: async (repository, tagOrDigest) => headManifest(at(repository), tagOrDigest),
    getManifest: async (repository, tagOrDigest) => getManifest(at(repository), tagOrDigest),
    putManifest: async (repository, tagOrDigest, bytes, mediaType) =>
      putManifest(at(repository), tagOrDigest, bytes, mediaType),
    hasBlob: async (repository, digest) => hasBlob(at(repository), digest),
    getBlob: async (repository, blob, file) => getBlob(http, at(repository), blob, file),
    getBlobBytes: async (repository, blob) => getBlobBytes(at(repository), blob),
    uploadBlob: async (repository, blob, source, options = {}) => {
      const place = at(repository);
      const from = options.from === undefined ? null : at(options.from);
      if (from !== null && from.host !== place.host) {
        throw new Problem(
          'OR-REGISTRY-NAME',
          `${from.repository} is not at the registry of ${repository}: nothing to mount`,
        );
      }
      return uploadBlob(http, place, blob, source, from === null || from.path === place.path ? null : from.path);
    },
    listTags: async (repository) => listTags(at(repository)),
    listReferrers: async (repository, digest) => listReferrers(at(repository), digest),
    checkPush: async (repository) => checkPush(at(repository)),
    backoff: http.backoff,
  };
}
