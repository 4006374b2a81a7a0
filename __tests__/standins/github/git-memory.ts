import type { Comparison, GitData, Ref } from './git-data.ts';
import type { Commit, MemoryGitState, TagObject } from './model.ts';

/** Answers from commits that a test wrote down. */
export class MemoryGit implements GitData {
  readonly #git: MemoryGitState;

  constructor(git: MemoryGitState) {
    this.#git = git;
  }

  refs(prefix: string): Promise<Ref[]> {
    const found = Object.entries(this.#git.refs).filter(([ref]) => ref.startsWith(prefix));
    return Promise.resolve(found.map(([ref, object]) => ({ ref, ...object })).sort((a, b) => (a.ref < b.ref ? -1 : 1)));
  }

  tag(sha: string): Promise<TagObject | null> {
    return Promise.resolve(this.#git.tags[sha] ?? null);
  }

  commit(name: string): Promise<Commit | null> {
    return Promise.resolve(this.#find(name));
  }

  log(from: string, path: string | null): Promise<Commit[]> {
    const commits = this.#ancestry(from);
    return Promise.resolve(
      path === null ? commits : commits.filter((c) => c.files.some((f) => f === path || f.startsWith(`${path}/`))),
    );
  }

  compare(base: string, head: string): Promise<Comparison | null> {
    const from = this.#find(base);
    if (from === null || this.#find(head) === null) return Promise.resolve(null);
    const left = this.#ancestry(base);
    const right = this.#ancestry(head);
    const mergeBase = right.find((c) => left.includes(c));
    if (mergeBase === undefined) return Promise.resolve(null);
    const ahead = right.filter((c) => !left.includes(c)).reverse();
    return Promise.resolve({ mergeBase, base: from, ahead, behind: left.filter((c) => !right.includes(c)).length });
  }

  createTag(tag: string, target: string): Promise<boolean> {
    const commit = this.#find(target);
    if (commit === null) return Promise.resolve(false);
    this.#git.refs[`refs/tags/${tag}`] = { sha: commit.sha, type: 'commit' };
    return Promise.resolve(true);
  }

  #find(name: string): Commit | null {
    const { refs, tags, commits } = this.#git;
    let object = refs[name] ?? refs[`refs/tags/${name}`] ?? refs[`refs/heads/${name}`];
    while (object?.type === 'tag') object = tags[object.sha]?.object;
    const sha = object?.sha ?? name;
    return commits.find((c) => c.sha === sha) ?? null;
  }

  /** Newest first: the order of `commits` is the order of time. */
  #ancestry(name: string): Commit[] {
    const reached = new Set([this.#find(name)?.sha]);
    const found: Commit[] = [];
    for (const commit of [...this.#git.commits].reverse()) {
      if (!reached.has(commit.sha)) continue;
      found.push(commit);
      for (const parent of commit.parents) reached.add(parent);
    }
    return found;
  }
}
