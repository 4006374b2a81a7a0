/** What one image is built from; the same request gives the same digest. */
export interface ImageRequest {
  readonly context: string;
  /** Stage of the Dockerfile; null for the last one. ko has none. */
  readonly target: string | null;
  readonly platforms: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  /** OCI labels and annotations (image-spec, annotations.md). */
  readonly labels: Readonly<Record<string, string>>;
  /** `SOURCE_DATE_EPOCH`: seconds since 1970. */
  readonly seconds: number;
}
