import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { pushEvent, pushVariables } from '../lab/push.ts';
import { formsOf, placesOfSecrets } from '../lab/secrets.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn, Release, Repository } from '../standins/github/index.ts';
import { Invariants, latestOf } from './invariants.ts';
import { startProcess } from './process.ts';
import type { ProcessOptions, ProcessResult, RunningProcess } from './process.ts';
import { fillAll } from './subject.ts';
import type { Subject, Values } from './subject.ts';

export const fullName = 'octo/thing';
export const twoFiles: readonly string[] = ['out/a.txt', 'out/b.txt'];
/** Of the job; nobody but GitHub may see it. */
const token = `ghs_${randomBytes(18).toString('hex')}`;
/** A process that takes longer has hung. */
const limitMs = 120_000;

export interface BenchOptions {
  /** Releases freeze when they are published. */
  readonly immutable?: boolean;
  readonly indexLagMs?: number;
  /** Jobs of a matrix that release one tag together. */
  readonly legs?: readonly string[];
  /** All files of the release; default `twoFiles`. */
  readonly files?: readonly string[];
  /** Whether a public release must be complete from the start; not where several steps each bring a file of their own. */
  readonly completeAtOnce?: boolean;
}

/** One run of the subject. */
export interface RunOptions {
  readonly tag?: string;
  /** Files in the checkout that the run is to release; default all. */
  readonly files?: readonly string[];
  /** The checkout has none of them. */
  readonly without?: boolean;
  readonly leg?: string;
  /** Beside the subject's own. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Several processes: real waits, and one run of a workflow. */
  readonly together?: string;
}

/** A repository at GitHub, and the subject that releases from it. */
export class Bench {
  readonly subject: Subject;
  readonly github: GitHubStandIn;
  readonly repository: Repository;
  readonly invariants: Invariants;
  readonly origin: Repo;
  /** What was not as it should be, a sentence each. */
  readonly findings: string[] = [];
  /** What the action did not come to, so that the row shows less than it could. */
  readonly notes: string[] = [];
  readonly indexLagMs: number;
  readonly #files: readonly string[];
  readonly #legs: readonly string[];
  /** Tags of releases that were there before. */
  readonly #seeded: Set<string>;
  readonly #checkouts: Repo[] = [];

  static async open(subject: Subject, options: BenchOptions = {}): Promise<Bench> {
    const planned = plannedOf(options.files ?? twoFiles);
    const seeded = new Set<string>();
    const isOurs = (tag: string): boolean => options.completeAtOnce !== false && !seeded.has(tag);
    const invariants = new Invariants({ planned: (tag) => (isOurs(tag) ? planned : null) });
    const github = await startGitHub({
      tokens: { [token]: 'write' },
      watch: invariants.watch,
      indexLagMs: options.indexLagMs ?? 0,
    });
    return new Bench(subject, options, github, invariants, seeded);
  }

  private constructor(
    subject: Subject,
    options: BenchOptions,
    github: GitHubStandIn,
    invariants: Invariants,
    seeded: Set<string>,
  ) {
    this.#seeded = seeded;
    this.subject = subject;
    this.github = github;
    this.invariants = invariants;
    this.#files = options.files ?? twoFiles;
    this.#legs = options.legs ?? [];
    this.indexLagMs = options.indexLagMs ?? 0;
    const values = { tag: '', token, files: this.#files, github: {} };
    this.origin = makeRepo({ 'README.md': '# Thing\n', ...this.#filesOf(values) });
    const immutableReleases = options.immutable ?? false;
    this.repository = github.seed.repository(fullName, { gitDir: this.origin.root, immutableReleases });
  }

  /** What the subject wants to be in the repository. */
  #filesOf(values: Values): Record<string, string> {
    const { files, matrix } = this.subject;
    const own = fillAll(files, values);
    if (matrix === undefined || this.#legs.length === 0) return own;
    const each = this.#legs.map((leg) => fillAll(matrix.eachLeg, { ...values, leg }));
    return Object.assign(own, fillAll(matrix.files, values), ...each) as Record<string, string>;
  }

  async close(): Promise<void> {
    await this.github.close();
    for (const checkout of this.#checkouts) checkout.remove();
    this.origin.remove();
  }

  /** Makes the tag at the newest commit, where it is missing. */
  tag(tag: string): void {
    if (this.origin.git('tag', '--list', tag) === '') this.origin.git('tag', tag);
  }

  /** Somebody's earlier release. */
  seedRelease(tag: string, fields: { latest?: boolean } = {}): void {
    this.tag(tag);
    this.#seeded.add(tag);
    this.github.seed.release(this.repository, tag, fields);
    this.invariants.begin(this.github.state);
  }

  /** Makes the checkout; the process starts when the result is called. */
  prepare(options: RunOptions = {}): () => Promise<RunningProcess> {
    const { subject, github, origin } = this;
    const { tag = 'v1.2.3', files = this.#files, leg } = options;
    this.tag(tag);
    const sha = origin.git('rev-parse', `${tag}^{commit}`);
    const checkout = cloneOf(origin);
    this.#checkouts.push(checkout);
    checkout.git('checkout', '--quiet', '--detach', sha);
    const pushed = { repository: fullName, branch: 'main', ref: tag, sha };
    const variables = pushVariables(github, pushed);
    const values = {
      tag,
      token,
      files,
      github: githubContext(variables),
      ...(leg === undefined ? {} : { leg }),
    };
    const built = options.without === true ? {} : Object.fromEntries(files.map((path) => [path, contentOf(path)]));
    for (const [path, text] of Object.entries({ ...this.#filesOf(values), ...built })) {
      mkdirSync(dirname(join(checkout.root, path)), { recursive: true });
      writeFileSync(join(checkout.root, path), text);
    }
    const process: ProcessOptions = {
      main: subject.main,
      post: subject.post,
      workspace: checkout.root,
      event: pushEvent(origin, pushed),
      inputs: fillAll({ ...subject.defaults, ...subject.inputs, ...options.inputs }, values),
      variables,
      limitMs,
      // Many processes at once are not looked at besides: that takes the time they race for.
      ...(options.together === undefined ? { skipWaits: true, secrets: formsOf(token) } : { runId: options.together }),
    };
    return () => startProcess(process);
  }

  start(options: RunOptions = {}): Promise<RunningProcess> {
    return this.prepare(options)();
  }

  async run(options: RunOptions = {}): Promise<ProcessResult> {
    return this.end(await this.start(options));
  }

  /** Waits for the end of a run, and looks whether it has kept the token to itself. */
  async end(running: RunningProcess): Promise<ProcessResult> {
    const result = await running.end();
    for (const place of placesOfSecrets(result, formsOf(token))) this.findings.push(`the token is in ${place}`);
    return result;
  }

  /** Nothing goes wrong any more. */
  calm(): void {
    if (this.github.faults.waiting > 0) this.notes.push('a fault did not strike: the action sent no such request');
    this.github.faults.clear();
  }

  /** Notes a finding unless it holds. */
  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.findings.push(otherwise);
  }

  /** Runs, and expects success and the finished release. */
  async releases(options: RunOptions & ReleasedOptions = {}): Promise<void> {
    this.#expectSuccess(await this.run(options));
    this.isReleased(options);
  }

  /** The end state: one release of the tag, public, with every file. */
  isReleased(options: ReleasedOptions = {}): void {
    this.findings.push(...this.#unfinished(options));
  }

  /**
   * Runs again without a fault, and expects success and the same release. Over a finished release it must not write; where the
   * run before did not finish it (a finding already), this one must.
   */
  async runsAgain(options: RunOptions & ReleasedOptions = {}): Promise<void> {
    const wasFinished = this.#unfinished(options).length === 0;
    const before = JSON.stringify(this.repository.releases);
    this.github.requests.length = 0;
    this.#expectSuccess(await this.run(options), 'the next run: ');
    if (!wasFinished) {
      this.findings.push(...this.#unfinished(options).map((finding) => `after the next run: ${finding}`));
      return;
    }
    const writes = this.writes();
    this.expect(writes.length === 0, `the next run writes: ${writes.join(', ')}`);
    this.expect(JSON.stringify(this.repository.releases) === before, 'the next run changes the release');
  }

  #expectSuccess({ exitCode, log }: ProcessResult, when = ''): void {
    this.expect(exitCode === 0, `${when}exit ${exitCode ?? 'by a signal'}: ${lastWords(log)}`);
  }

  /** The release of a tag where there is one, public, and nothing else; otherwise a finding, and null. */
  onlyRelease(tag: string): Release | null {
    const [only, ...more] = this.repository.releases.filter((release) => release.tag === tag);
    if (only !== undefined && more.length === 0 && !only.draft) return only;
    this.findings.push(`not one public release of ${tag} but ${look(this.repository, tag)}`);
    return null;
  }

  *#unfinishedParts({ tag = 'v1.2.3', latest = tag, prerelease = false }: ReleasedOptions): Generator<string> {
    const seen = look(this.repository, tag);
    const [only, ...more] = this.repository.releases.filter((release) => release.tag === tag);
    if (only === undefined || more.length > 0) {
      yield `not one release of ${tag} but ${seen}`;
      return;
    }
    const complete = [...plannedOf(this.#files)].every(([name, digest]) =>
      only.assets.some((asset) => asset.name === name && asset.state === 'uploaded' && asset.blob === digest),
    );
    if (only.draft || !complete) yield `${tag} is ${seen}`;
    if (only.prerelease !== prerelease) yield `${tag} is ${only.prerelease ? 'a' : 'no'} pre-release`;
    const now = latestOf(this.repository);
    if (now !== latest) yield `Latest is ${now ?? 'nothing'}, not ${latest ?? 'nothing'}`;
  }

  #unfinished(options: ReleasedOptions): string[] {
    return [...this.#unfinishedParts(options)];
  }

  /** Requests since that changed something, or tried; the repository's path left out. */
  writes(): readonly string[] {
    const writes = this.github.requests.filter(({ write }) => write);
    return writes.map(({ method, path }) => `${method} ${path.replace(`/repos/${fullName}`, '')}`);
  }
}

export interface ReleasedOptions {
  readonly tag?: string;
  /** Default: the tag itself. */
  readonly latest?: string | null;
  readonly prerelease?: boolean;
}

/** As in the tables of this project: `P` public or `D` draft, assets, `*` for a broken upload. */
export function look({ releases }: Repository, tag: string): string {
  const all = releases.filter((release) => release.tag === tag).map(shortly);
  return all.length === 0 ? 'nothing' : all.join(' ');
}

function shortly({ draft, assets }: Release): string {
  const names = assets.map(({ name, state }) => `${name}${state === 'uploaded' ? '' : '*'}`);
  return `${draft ? 'D' : 'P'}[${names.sort().join(' ')}]`;
}

/** The last lines that say something. */
function lastWords(log: string): string {
  const errors = log.split('\n').filter((line) => /^::error/.test(line));
  const lines = errors.length > 0 ? errors : log.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-2).join(' / ').slice(0, 400);
}

function contentOf(path: string): string {
  return `the content of ${basename(path)}\n`;
}

function plannedOf(files: readonly string[]): ReadonlyMap<string, string> {
  const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return new Map(files.map((path) => [basename(path), digest(contentOf(path))]));
}

/** `github.ref_name` and its like, as expressions know them. */
function githubContext(variables: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(variables).map(([name, value]) => [name.replace('GITHUB_', '').toLowerCase(), value]);
  return { ...(Object.fromEntries(entries) as Record<string, string>), token };
}
