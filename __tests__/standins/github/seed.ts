import { createHash } from 'node:crypto';
import type { Commit, Pull, Release, Repository } from './model.ts';
import type { World } from './world.ts';

/** Puts things into the stand-in as if they had always been there. */
export class Seed {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Forgets everything. */
  clear(): void {
    this.#world.clear();
  }

  /** The repository of that name, made when it is missing. */
  repository(fullName: string, fields: Partial<Omit<Repository, 'id' | 'owner' | 'name'>> = {}): Repository {
    const existing = this.#world.repository(fullName);
    if (existing !== undefined) return Object.assign(existing, fields);
    const [owner = '', name = ''] = fullName.split('/');
    const repository: Repository = {
      id: this.#world.id(),
      owner,
      name,
      private: false,
      archived: false,
      defaultBranch: 'main',
      immutableReleases: false,
      tagCreationRestricted: false,
      releases: [],
      latestId: null,
      burnedTags: [],
      pulls: [],
      gitDir: null,
      git: { refs: {}, tags: {}, commits: [] },
      ...fields,
    };
    this.#world.state.repositories.push(repository);
    this.#world.save();
    return repository;
  }

  /** A commit on top of a branch (the default one), which moves. */
  commit(repository: Repository, message: string, fields: Partial<Commit> & { branch?: string } = {}): string {
    const { branch = repository.defaultBranch, ...rest } = fields;
    const ref = `refs/heads/${branch}`;
    const parent = repository.git.refs[ref]?.sha;
    const sha = hash(`${repository.git.commits.length} ${message}`);
    repository.git.commits.push({
      sha,
      parents: parent === undefined ? [] : [parent],
      message,
      author: 'octocat',
      email: 'octocat@example.com',
      date: new Date(Date.UTC(2026, 0, 1) + repository.git.commits.length * 60_000).toISOString(),
      files: [],
      ...rest,
    });
    repository.git.refs[ref] = { sha, type: 'commit' };
    return sha;
  }

  tag(repository: Repository, tag: string, commit: string): void {
    repository.git.refs[`refs/tags/${tag}`] = { sha: commit, type: 'commit' };
  }

  annotatedTag(repository: Repository, tag: string, commit: string): void {
    const object = { sha: commit, type: 'commit' as const };
    const sha = hash(`tag ${tag} ${commit}`);
    repository.git.tags[sha] = { sha, tag, message: tag, object, date: '2026-01-01T00:00:00.000Z' };
    repository.git.refs[`refs/tags/${tag}`] = { sha, type: 'tag' };
  }

  pull(repository: Repository, fields: Pick<Pull, 'number' | 'title' | 'mergeCommit'> & Partial<Pull>): void {
    const { mergeCommit } = fields;
    const merged = { body: null, author: 'octocat', labels: [], mergedAt: '2026-01-02T00:00:00Z' };
    repository.pulls.push({ ...merged, commits: [mergeCommit], ...fields });
  }

  /** Somebody's release, published unless `draft`; it does not become Latest unless asked. */
  release(repository: Repository, tag: string, fields: Partial<Release> & { latest?: boolean } = {}): Release {
    const { latest = false, ...rest } = fields;
    const at = this.#world.now().toISOString();
    const release: Release = {
      id: this.#world.id(),
      tag,
      target: repository.defaultBranch,
      name: tag,
      body: null,
      draft: false,
      prerelease: false,
      immutable: repository.immutableReleases && rest.draft !== true,
      author: 'octocat',
      createdAt: at,
      publishedAt: rest.draft === true ? null : at,
      assets: [],
      ...rest,
    };
    repository.releases.push(release);
    if (latest) repository.latestId = release.id;
    return release;
  }

  asset(release: Release, name: string, content: string | Buffer | null): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const blob = bytes === null ? null : this.#world.store(bytes);
    release.assets.push({
      id: this.#world.id(),
      name,
      label: null,
      contentType: 'application/octet-stream',
      state: bytes === null ? 'starter' : 'uploaded',
      size: bytes?.length ?? 0,
      blob,
      digest: blob,
      createdAt: this.#world.now().toISOString(),
      downloads: 0,
    });
  }
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
