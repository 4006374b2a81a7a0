import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Commit } from '../../src/facts/git.ts';
import { type NotesPart, releaseNotes } from '../../src/github/notes.ts';
import { renderNotes } from '../../src/github/notes-render.ts';
import type { OperatorPlan, Plan } from '../../src/plan/types.ts';
import { type Bench, setUp, tag } from './bench.ts';

const digest = `sha256:${'81c0'.repeat(16)}`;

function operator(name: string, previousTag: string | null): OperatorPlan {
  return {
    name,
    path: `operators/${name}`,
    runner: ['ubuntu-latest'],
    affected: { by: [] },
    version: { kind: 'release', text: '1.2.3', previous: previousTag === null ? null : '1.2.2', previousTag },
    image: {
      repository: `ghcr.io/octo/${name}-operator`,
      builder: 'ko',
      dockerfile: null,
      context: '.',
      mainPackage: './cmd',
      target: null,
      platforms: ['linux/amd64'],
      buildArgs: {},
      promote: null,
      deployedTag: 'v1.2.3',
      tags: [
        { tag: 'v1.2.3', moving: false, reason: '' },
        { tag: 'v1.2', moving: true, reason: '' },
      ],
      skippedTags: [],
    },
    chart: {
      path: 'chart',
      name: `${name}-operator`,
      version: '1.2.3',
      appVersion: 'v1.2.3',
      repository: `ghcr.io/octo/charts/${name}-operator`,
      promote: null,
    },
    release: { tag, title: 't', prerelease: false, makeLatest: true, latestReason: '', origin: { branches: null, protected: false } },
    tasks: [],
    skipped: [],
  };
}

function part(name: string, previousTag: string | null): NotesPart {
  return { operator: operator(name, previousTag), imageDigest: digest, chartDigest: digest, installAsset: true };
}

function planOf(sha: string): Plan {
  const event = {
    kind: 'tag' as const,
    ref: `refs/tags/${tag}`,
    refName: tag,
    sha,
    commitTime: 0,
    repository: 'octo/ops',
    defaultBranch: 'main',
    publishes: true,
    publishReason: '',
  };
  return { schema: 1, event, signing: { sign: false, reason: 'off' }, operators: [], unaffected: [] };
}

let bench: Bench;
beforeEach(async () => {
  bench = await setUp();
});
afterEach(async () => {
  expect(bench.standIn.violations).toEqual([]);
  await bench.close();
});

/** A clone that holds these commits, newest first; null for one that is too shallow. */
function clone(commits: readonly Commit[] | null): Parameters<typeof releaseNotes>[0]['git'] {
  return { tryCommitsSince: () => Promise.resolve(commits), tryDeepen: () => Promise.resolve(false) };
}

describe('releaseNotes', () => {
  it('names merged pull requests once, commits without one, and people', async () => {
    const { standIn, repository } = bench;
    const sha = (text: string): string => standIn.seed.commit(repository, text);
    const squashed = sha('feat(api): realms (#7)');
    const parts = [sha('wip'), sha('more')];
    const direct = sha('fix: direct');
    standIn.seed.pull(repository, {
      number: 7,
      title: 'feat(api)!: realms for @all',
      mergeCommit: squashed,
      author: 'ada',
    });
    standIn.seed.pull(repository, {
      number: 8,
      title: 'Bump x',
      mergeCommit: 'f'.repeat(40),
      commits: parts,
      author: 'dependabot[bot]',
      labels: ['dependencies'],
    });
    standIn.seed.pull(repository, { number: 9, title: 'not merged', mergeCommit: direct, mergedAt: null });
    const commits = [direct, ...parts, squashed].map((each) => ({
      sha: each,
      author: 'A U Thor',
      subject: repository.git.commits.find((c) => c.sha === each)?.message ?? '',
    }));
    const text = await releaseNotes({
      github: bench.client(),
      git: clone(commits),
      plan: planOf(direct),
      parts: [part('keystone', 'keystone/v1.2.2')],
    });
    const at = `${standIn.serverUrl}/octo/ops`;
    expect(text.split('### Install')[0]).toBe(
      [
        '### Breaking changes',
        '',
        `- **api:** realms for @\u200ball ([#7](${at}/pull/7)) by @ada`,
        '',
        '### Fixes',
        '',
        `- direct ([\`${direct.slice(0, 7)}\`](${at}/commit/${direct}))`,
        '',
        '### Dependencies',
        '',
        `- Bump x ([#8](${at}/pull/8)) by dependabot\\[bot\\]`,
        '',
        '**Contributors:** @ada',
        '',
        '',
      ].join('\n'),
    );
    expect(text).toContain(
      `helm upgrade --install keystone oci://ghcr.io/octo/charts/keystone-operator --version 1.2.3`,
    );
    expect(text).toContain(`kubectl apply --server-side -f ${at}/releases/download/${tag}/install.yaml`);
    expect(text).toContain('kind: HelmRelease');
    expect(text).toContain(`| image | \`ghcr.io/octo/keystone-operator:v1.2.3\` | \`${digest}\` |`);
    expect(text).not.toContain('keystone-operator:v1.2`');
    expect(text).toContain(`(${at}/compare/keystone/v1.2.2...${tag})`);
  });

  it('asks GitHub where the clone is shallow, and lists only the paths of the operator', async () => {
    const { standIn, repository } = bench;
    const base = standIn.seed.commit(repository, 'chore: base', { files: ['operators/keystone/a.go'] });
    standIn.seed.tag(repository, 'keystone/v1.2.2', base);
    standIn.seed.commit(repository, 'feat: of nova', { files: ['operators/nova/a.go'] });
    const head = standIn.seed.commit(repository, 'feat: of keystone', { files: ['operators/keystone/a.go'] });
    const text = await releaseNotes({
      github: bench.client(),
      git: clone(null),
      plan: planOf(head),
      parts: [part('keystone', 'keystone/v1.2.2')],
    });
    expect(text).toContain('- of keystone (');
    expect(text).not.toContain('nova');
    expect(text).not.toContain('base');
  });

  const many = Array.from({ length: 160 }, (_, i) => ({
    sha: String(i).padStart(40, '0'),
    author: 'x',
    subject: `fix: ${i} (#${i + 1})`,
  }));
  const ofMany = async (): Promise<[string, number]> => {
    const plan = planOf('a'.repeat(40));
    const text = await releaseNotes({
      github: bench.client(),
      git: clone(many),
      plan,
      parts: [part('keystone', 'v0')],
    });
    return [text, new Set(bench.standIn.requests.filter((r) => r.path.endsWith('/pulls')).map((r) => r.path)).size];
  };

  it('bounds for how many commits it asks', async () => {
    const [text, asked] = await ofMany();
    expect(text).toContain(`- 159 ([#160](${bench.standIn.serverUrl}/octo/ops/pull/160))`);
    expect(asked).toBe(150);
  });

  it('does without pull requests when GitHub fails, and does not insist', async () => {
    bench.standIn.faults.add({ match: { path: '/pulls$' }, kind: 'status', status: 500, times: 9999 });
    const [text, asked] = await ofMany();
    expect(text).toContain(`- 0 ([#1](${bench.standIn.serverUrl}/octo/ops/pull/1))`);
    expect(asked).toBeLessThan(10);
    expect(bench.log.lines.filter((l) => l.includes('does not tell'))).toHaveLength(1);
  });

  it('says so when nobody knows the changes', async () => {
    const plan = planOf(bench.commit);
    const text = await releaseNotes({
      github: bench.client(),
      git: clone(null),
      plan,
      parts: [part('keystone', 'gone/v0')],
    });
    expect(text).toContain('listed under the link');
    const first = await releaseNotes({ github: bench.client(), git: clone([]), plan, parts: [part('keystone', null)] });
    expect(first).toContain('The first release.');
    expect(first).toContain(`/octo/ops/commits/${tag})`);
  });

  it('describes every operator of a common release', async () => {
    const text = await releaseNotes({
      github: bench.client(),
      git: clone([]),
      plan: planOf(bench.commit),
      parts: [part('keystone', 'v1.2.2'), part('nova', 'v1.2.2')],
    });
    expect(text).toContain('### Install nova');
    expect(text).toContain('/nova-install.yaml');
    expect(text.match(/### Published/g)).toHaveLength(1);
  });
});

it('cuts only the list of changes', () => {
  const change = {
    title: 'x'.repeat(150),
    scope: null,
    section: 'Fixes' as const,
    number: 1,
    sha: 'a'.repeat(40),
    url: 'https://e.com/1',
    author: null,
  };
  const notes = {
    pages: 'https://github.com/octo/ops',
    commit: 'a'.repeat(40),
    parts: [part('keystone', 'v0')],
    changes: Array.from({ length: 2000 }, (_, i) => ({ ...change, number: i })),
    complete: true,
  };
  const text = renderNotes(notes);
  expect(text.length).toBeLessThan(120_001);
  expect(text.length).toBeGreaterThan(119_000);
  expect(text).toContain('…and more: https://github.com/octo/ops/compare/v0...keystone/v1.2.3');
  expect(text).toContain('kind: HelmRelease');
  expect(renderNotes(notes)).toBe(text);
});
