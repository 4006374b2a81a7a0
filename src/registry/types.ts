import type { Backoff } from '../net/backoff.ts';

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  /** Of a configuration that says nothing. */
  empty: 'application/vnd.oci.empty.v1+json',
  chartConfig: 'application/vnd.cncf.helm.config.v1+json',
  chartContent: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
} as const;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** A manifest or index exactly as the registry holds it. */
export interface Manifest extends Descriptor {
  readonly bytes: Buffer;
}

/** A manifest that names another one as its subject. */
export interface Referrer extends Descriptor {
  /** Empty where the registry does not tell. */
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Referrers {
  /** False when the registry has no referrers API, and the list is that of the fallback tag. */
  readonly api: boolean;
  readonly manifests: readonly Referrer[];
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Where the bytes of a blob come from; a file is read again for each try. */
export type BlobSource = { readonly bytes: Buffer } | { readonly file: string };

export type Uploaded = 'there' | 'mounted' | 'uploaded';

/**
 * A registry client. `repository` is always `host[:port]/path`, so one client serves all hosts.
 * Errors of every call, as `Problem`: OR-REGISTRY-NAME, OR-REGISTRY-DENIED, OR-REGISTRY-UNREACHABLE, OR-REGISTRY-REFUSED
 * (any other no), OR-REGISTRY-DIGEST (bytes are not what their digest says), OR-REGISTRY-AUTH (its way to log in is not safe).
 */
export interface Registry {
  /** Null when the registry says that there is no such manifest or repository. */
  headManifest(repository: string, tagOrDigest: string): Promise<Descriptor | null>;
  /** As above, with the bytes; their digest is verified. */
  getManifest(repository: string, tagOrDigest: string): Promise<Manifest | null>;
  /** Returns the digest, computed from the bytes. Throws OR-REGISTRY-BLOB-UNKNOWN when something it names is missing. */
  putManifest(repository: string, tagOrDigest: string, bytes: Buffer, mediaType: string): Promise<string>;
  hasBlob(repository: string, digest: string): Promise<boolean>;
  /** Writes a verified blob to a file; the file is there only when it is whole. */
  getBlob(repository: string, blob: Descriptor, file: string): Promise<void>;
  /** A small blob, verified. */
  getBlobBytes(repository: string, blob: Descriptor): Promise<Buffer>;
  /** `from`: a repository of the same registry that may have the blob already. */
  uploadBlob(
    repository: string,
    blob: Pick<Descriptor, 'digest' | 'size'>,
    source: BlobSource,
    options?: { readonly from?: string },
  ): Promise<Uploaded>;
  /** In the order of the registry; empty for a repository that does not exist yet. */
  listTags(repository: string): Promise<string[]>;
  /** What names a manifest, by digest, as its subject; in the order of the registry. */
  listReferrers(repository: string, digest: string): Promise<Referrers>;
  /** Proves that this run may push: starts an upload and cancels it. Throws OR-REGISTRY-DENIED or OR-REGISTRY-UNREACHABLE. */
  checkPush(repository: string): Promise<void>;
  readonly backoff: Backoff;
}
