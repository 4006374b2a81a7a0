/** What the stand-in keeps: plain JSON, so that it can be written to disk and looked at in a test. */

export type Access = 'write' | 'read';

export interface State {
  nextId: number;
  repositories: Repository[];
}

export interface Repository {
  id: number;
  owner: string;
  name: string;
  private: boolean;
  archived: boolean;
  defaultBranch: string;
  /** Releases freeze when they are published and their tags stay taken for ever. */
  immutableReleases: boolean;
  /** A ruleset that lets nobody create a tag. */
  tagCreationRestricted: boolean;
  releases: Release[];
  latestId: number | null;
  burnedTags: string[];
  pulls: Pull[];
  /** A git repository on disk that answers for refs and commits; null: `git` does. */
  gitDir: string | null;
  git: MemoryGitState;
}

export interface Release {
  id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  author: string;
  createdAt: string;
  publishedAt: string | null;
  assets: Asset[];
}

export interface Asset {
  id: number;
  name: string;
  label: string | null;
  contentType: string;
  state: 'uploaded' | 'starter';
  size: number;
  /** `sha256:` and 64 hex digits of what is stored; null for a starter. */
  blob: string | null;
  /** What GitHub says of it: `blob`, or null for what was uploaded before GitHub had digests. */
  digest: string | null;
  createdAt: string;
  downloads: number;
}

export interface Pull {
  number: number;
  title: string;
  body: string | null;
  author: string;
  labels: string[];
  mergedAt: string | null;
  mergeCommit: string;
  /** Every commit for which GitHub would name this pull request. */
  commits: string[];
}

export interface MemoryGitState {
  /** Full ref names. */
  refs: Record<string, GitObject>;
  tags: Record<string, TagObject>;
  commits: Commit[];
}

export interface GitObject {
  sha: string;
  type: 'commit' | 'tag';
}

export interface TagObject {
  sha: string;
  tag: string;
  message: string;
  object: GitObject;
  date: string;
}

export interface Commit {
  sha: string;
  parents: string[];
  message: string;
  author: string;
  email: string;
  date: string;
  /** Changed paths; empty when the source does not tell. */
  files: string[];
}

/** A request as it was answered. */
export interface Logged {
  readonly n: number;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly operation: string;
  /** 0 when the connection was cut. */
  status: number;
  /** Whether it asked for a change. */
  readonly write: boolean;
  readonly requestId: string;
  fault: string | null;
}
