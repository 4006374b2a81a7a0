import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitData } from './git-data.ts';
import { GitDir } from './git-dir.ts';
import { MemoryGit } from './git-memory.ts';
import type { Release, Repository, State } from './model.ts';

const firstId = 1001;

/** The state, the bytes of the assets, and where both are kept between runs. */
export class World {
  readonly state: State;
  readonly now: () => Date;
  readonly #dir: string | undefined;
  readonly #blobs = new Map<string, Buffer>();
  /** Releases as they were before the last change: what a lagging index still shows. */
  readonly #before = new Map<number, Release[]>();
  /** The same for each change within the time that the indexes lag, with the moment of the change. */
  readonly #history = new Map<number, { readonly until: number; readonly releases: Release[] }[]>();
  readonly #indexLagMs: number;

  constructor(dir: string | undefined, now: () => Date, indexLagMs = 0) {
    this.#dir = dir;
    this.#indexLagMs = indexLagMs;
    this.now = now;
    const file = dir === undefined ? undefined : join(dir, 'state.json');
    this.state =
      file !== undefined && existsSync(file)
        ? (JSON.parse(readFileSync(file, 'utf8')) as State)
        : { nextId: firstId, repositories: [] };
    if (dir !== undefined) mkdirSync(join(dir, 'blobs'), { recursive: true });
  }

  /** As if it had just been started. */
  clear(): void {
    this.state.nextId = firstId;
    this.state.repositories.length = 0;
    this.#blobs.clear();
    this.#before.clear();
  }

  id(): number {
    return this.state.nextId++;
  }

  repository(fullName: string): Repository | undefined {
    const wanted = fullName.toLowerCase();
    return this.state.repositories.find((r) => `${r.owner}/${r.name}`.toLowerCase() === wanted);
  }

  git(repository: Repository): GitData {
    return repository.gitDir === null ? new MemoryGit(repository.git) : new GitDir(repository.gitDir);
  }

  /** Stores bytes, returns `sha256:…`. */
  store(bytes: Buffer): string {
    const hex = createHash('sha256').update(bytes).digest('hex');
    if (this.#dir === undefined) this.#blobs.set(hex, bytes);
    else writeFileSync(join(this.#dir, 'blobs', hex), bytes);
    return `sha256:${hex}`;
  }

  bytes(digest: string): Buffer {
    const hex = digest.slice('sha256:'.length);
    return this.#dir === undefined
      ? (this.#blobs.get(hex) ?? Buffer.alloc(0))
      : readFileSync(join(this.#dir, 'blobs', hex));
  }

  /** To be called before releases change. */
  remember(repository: Repository): void {
    const releases = structuredClone(repository.releases);
    this.#before.set(repository.id, releases);
    if (this.#indexLagMs === 0) return;
    const history = this.#history.get(repository.id) ?? [];
    this.#history.set(repository.id, [...history, { until: this.now().getTime(), releases }]);
  }

  /** The repository as the indexes show it: lists and what is looked up by tag may lag, what is read by number does not. */
  indexed(repository: Repository): Repository {
    const since = this.now().getTime() - this.#indexLagMs;
    const shown = this.#history.get(repository.id)?.find(({ until }) => until > since);
    return shown === undefined ? repository : { ...repository, releases: shown.releases };
  }

  /** The repository as a reader behind a lagging index sees it. */
  stale(repository: Repository): Repository {
    return { ...repository, releases: this.#before.get(repository.id) ?? [] };
  }

  save(): void {
    if (this.#dir === undefined) return;
    const file = join(this.#dir, 'state.json');
    writeFileSync(`${file}.new`, JSON.stringify(this.state, null, 1));
    renameSync(`${file}.new`, file);
  }
}
