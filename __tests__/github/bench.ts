import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGitHub, type GitHub } from '../../src/github/client.ts';
import { releaseMarker } from '../../src/github/body.ts';
import type { AssetWish, ReleaseWish } from '../../src/github/release-types.ts';
import { BufferLog } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import {
  type GitHubStandIn,
  type GitHubStandInOptions,
  type Release,
  type Repository,
  standInToken,
  startGitHub,
} from '../standins/github/index.ts';

export const tag = 'keystone/v1.2.3';
export const marker = releaseMarker('keystone', tag);

/** A stand-in with one repository whose tag is pushed, and clients that wait for nothing. */
export interface Bench {
  readonly standIn: GitHubStandIn;
  readonly repository: Repository;
  readonly commit: string;
  readonly log: BufferLog;
  client(token?: string): GitHub;
  close(): Promise<void>;
}

export async function setUp(options: GitHubStandInOptions = {}): Promise<Bench> {
  const standIn = await startGitHub(options);
  const repository = standIn.seed.repository('octo/ops');
  const commit = standIn.seed.commit(repository, 'feat: begin');
  standIn.seed.annotatedTag(repository, tag, commit);
  const log = new BufferLog();
  return {
    standIn,
    repository,
    commit,
    log,
    client: (token = standInToken) =>
      createGitHub({
        token,
        apiUrl: standIn.apiUrl,
        repository: 'octo/ops',
        http: createHttp({ log, sleep: () => Promise.resolve(), random: () => 0, budgetMs: 1e9 }),
        log,
      }),
    close: () => standIn.close(),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'operator-release-assets-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export function digestOf(content: string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

export function asset(name: string, content: string, contentType = 'text/plain'): AssetWish {
  const digest = digestOf(content);
  const path = join(folder, digest.slice(7, 27));
  // Not again: another run of the same test may be reading it.
  if (!existsSync(path)) writeFileSync(path, content);
  return { name, path, contentType, digest };
}

export function wish(fields: Partial<ReleaseWish> = {}): ReleaseWish {
  return {
    tag,
    title: 'keystone 1.2.3',
    body: '## Features\n\n- more',
    prerelease: false,
    makeLatest: true,
    assets: [asset('install.yaml', 'kind: List\n'), asset('keystone-operator-1.2.3.tgz', 'chart')],
    marker,
    moreUrl: 'https://example.com/compare',
    ...fields,
  };
}

/** What people see of a release; without numbers and times. */
export function look(repository: Repository): unknown {
  return {
    latest: repository.releases.find((r) => r.id === repository.latestId)?.tag ?? null,
    releases: repository.releases.map(({ tag, target, name, body, draft, prerelease, immutable, assets }) => ({
      ...{ tag, target, name, body, draft, prerelease, immutable },
      assets: assets.map((a) => [a.name, a.state, a.digest, a.contentType]).sort(),
    })),
  };
}

export function only(repository: Repository): Release {
  const [first, ...rest] = repository.releases;
  if (first === undefined || rest.length > 0) throw new Error(`${repository.releases.length} releases, not one`);
  return first;
}

export function writesOf(standIn: GitHubStandIn): string[] {
  return standIn.requests.filter((r) => r.write).map((r) => r.operation);
}
