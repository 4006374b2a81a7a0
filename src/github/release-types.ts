export interface AssetWish {
  /** Name of the download. */
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
  /** `sha256:` and 64 hex digits of the file. */
  readonly digest: string;
}

export interface ReleaseWish {
  readonly tag: string;
  readonly title: string;
  /** Our part of the notes; people's text around it stays. */
  readonly body: string;
  readonly prerelease: boolean;
  /** Computed by the caller, never left to GitHub. */
  readonly makeLatest: boolean;
  /** Asked right before publication where `makeLatest`: a higher release may be public by then. */
  readonly isStillLatest?: () => Promise<boolean>;
  readonly assets: readonly AssetWish[];
  /** From `releaseMarker`. */
  readonly marker: string;
  /** Where a reader of notes that had to be cut finds the rest. */
  readonly moreUrl: string;
  /** The commit that was built: the tag must stand for it, before the work and again before publication. */
  readonly commit?: string;
  /** Where to make the tag when it does not exist; without it a missing tag is an error. */
  readonly target?: string;
}

export interface ReleaseResult {
  readonly id: number;
  /** Its page. */
  readonly url: string;
  /** False when everything was there already. */
  readonly written: boolean;
  readonly assets: readonly { readonly name: string; readonly digest: string; readonly written: boolean }[];
}

/** A release as GitHub has it now. */
export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly title: string | null;
  readonly body: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly immutable: boolean;
  readonly url: string;
  /** Template; the host is GitHub's choice. */
  readonly uploadUrl: string;
}

export interface Asset {
  readonly id: number;
  readonly name: string;
  /** `starter` is what a broken upload leaves: invisible in the release, but its name is taken. */
  readonly state: string;
  readonly size: number;
  readonly digest: string | null;
}

/** What one call of `ensureRelease` knows beside what GitHub tells. */
export interface Progress {
  /** `contentMark` of the wished assets. */
  readonly content: string;
  /** Releases that this call made or took over: the lists may show them late. */
  readonly known: Set<number>;
  /** Names of the assets that this call uploaded. */
  readonly uploaded: Set<string>;
  /** Assets whose bytes were read back and are right. */
  readonly verified: Set<number>;
  /** Successful writes. */
  writes: number;
}

/** The end of a write is unknown, or somebody else was faster: look at GitHub again, then go on. */
export class Unsettled extends Error {}
