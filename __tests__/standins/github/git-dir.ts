import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Comparison, GitData, Ref } from './git-data.ts';
import type { Commit, TagObject } from './model.ts';

const run = promisify(execFile);
const fields = '%H%x1f%P%x1f%an%x1f%ae%x1f%cI%x1f%B%x1e';

/** Answers from a real repository, through git's own plumbing. */
export class GitDir implements GitData {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async refs(prefix: string): Promise<Ref[]> {
    const text = await this.#git('for-each-ref', '--format=%(objecttype) %(objectname) %(refname)');
    return text.split('\n').flatMap((line) => {
      const [type, sha, ref] = line.split(' ');
      if (sha === undefined || ref?.startsWith(prefix) !== true) return [];
      return [{ ref, sha, type: type === 'tag' ? ('tag' as const) : ('commit' as const) }];
    });
  }

  async tag(sha: string): Promise<TagObject | null> {
    const text = await this.#try('cat-file', 'tag', sha);
    if (text === null) return null;
    const field = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? '';
    const seconds = Number(/ (\d+) [+-]\d{4}$/.exec(field('tagger'))?.[1] ?? 0);
    return {
      sha,
      tag: field('tag'),
      message: text.slice(text.indexOf('\n\n') + 2),
      object: { sha: field('object'), type: field('type') === 'tag' ? 'tag' : 'commit' },
      date: new Date(seconds * 1000).toISOString(),
    };
  }

  async commit(name: string): Promise<Commit | null> {
    const sha = await this.#resolve(name);
    return sha === null ? null : ((await this.#log('-1', sha))[0] ?? null);
  }

  async log(from: string, path: string | null): Promise<Commit[]> {
    const sha = await this.#resolve(from);
    return sha === null ? [] : this.#log(sha, ...(path === null ? [] : ['--', path]));
  }

  async compare(base: string, head: string): Promise<Comparison | null> {
    const [from, to] = await Promise.all([this.commit(base), this.commit(head)]);
    if (from === null || to === null) return null;
    const merge = await this.#try('merge-base', from.sha, to.sha);
    const mergeBase = merge === null ? null : await this.commit(merge.trim());
    if (mergeBase === null) return null;
    const ahead = await this.#log('--reverse', '--topo-order', `${from.sha}..${to.sha}`);
    const behind = Number((await this.#git('rev-list', '--count', `${to.sha}..${from.sha}`)).trim());
    return { mergeBase, base: from, ahead, behind };
  }

  async createTag(tag: string, target: string): Promise<boolean> {
    const sha = await this.#resolve(target);
    return sha !== null && (await this.#try('update-ref', `refs/tags/${tag}`, sha)) !== null;
  }

  async #resolve(name: string): Promise<string | null> {
    for (const candidate of [`refs/tags/${name}`, `refs/heads/${name}`, name]) {
      const sha = await this.#try('rev-parse', '--verify', '--quiet', '--end-of-options', `${candidate}^{commit}`);
      if (sha !== null) return sha.trim().split('\n').at(-1) ?? null;
    }
    return null;
  }

  async #log(...args: string[]): Promise<Commit[]> {
    const text = await this.#git('log', `--format=${fields}`, ...args);
    return text.split('\x1e').flatMap((entry) => {
      const [sha, parents, author, email, date, message] = entry.trimStart().split('\x1f');
      if (sha === undefined || message === undefined) return [];
      const committed = { author: author ?? '', email: email ?? '', date: new Date(date ?? 0).toISOString() };
      return [
        {
          sha,
          parents: parents?.split(' ').filter(Boolean) ?? [],
          message: message.trimEnd(),
          ...committed,
          files: [],
        },
      ];
    });
  }

  async #git(...args: string[]): Promise<string> {
    const { stdout } = await run('git', ['-C', this.#dir, ...args], { maxBuffer: 256 * 1024 * 1024 });
    return stdout;
  }

  /** Null when git says no. */
  async #try(...args: string[]): Promise<string | null> {
    try {
      return await this.#git(...args);
    } catch {
      return null;
    }
  }
}
