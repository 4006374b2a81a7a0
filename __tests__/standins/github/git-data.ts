import type { Commit, GitObject, TagObject } from './model.ts';

export interface Ref extends GitObject {
  /** Full name, `refs/tags/v1.0.0`. */
  readonly ref: string;
}

export interface Comparison {
  readonly mergeBase: Commit;
  readonly base: Commit;
  /** Commits of head that base lacks, oldest first. */
  readonly ahead: readonly Commit[];
  readonly behind: number;
}

/** The part of git that GitHub's API shows. */
export interface GitData {
  refs(prefix: string): Promise<Ref[]>;
  tag(sha: string): Promise<TagObject | null>;
  /** The commit that a name stands for: branch, tag or hash. */
  commit(name: string): Promise<Commit | null>;
  /** Newest first. */
  log(from: string, path: string | null): Promise<Commit[]>;
  compare(base: string, head: string): Promise<Comparison | null>;
  createTag(tag: string, target: string): Promise<boolean>;
}
