import { loadAll } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Commit, openGit } from '../../src/facts/git.ts';
import { usualRules } from '../../src/github/changes.ts';
import { type NotesPart, releaseNotes } from '../../src/github/notes.ts';
import { renderNotes } from '../../src/github/notes-render.ts';
import type { NotesPlan, OperatorPlan, Plan } from '../../src/plan/types.ts';
import { exec } from '../../src/tools/exec.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
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
    release: {
      tag,
      title: 't',
      prerelease: false,
      makeLatest: true,
      latestReason: '',
      origin: { branches: null, protected: false },
      notes: notesOf(name),
    },
    tasks: [],
    skipped: [],
  };
}

function notesOf(name: string): NotesPlan {
  const path = `operators/${name}`;
  return {
    ...{ paths: [path], without: [], crds: [`${path}/config/crd/bases`], by: null, sections: [] },
    exclude: { labels: [], authors: [], types: [] },
  };
}

function part(name: string, previousTag: string | null): NotesPart {
  return {
    operator: operator(name, previousTag),
    image: { digest, tags: ['v1.2.3'] },
    chartDigest: digest,
    installAsset: true,
    crdsAsset: name === 'nova',
  };
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
  return {
    tryCommitsSince: () => Promise.resolve(commits),
    tryDeepen: () => Promise.resolve(false),
    tryYamlAt: () => Promise.resolve(null),
    tryMergeBase: () => Promise.resolve(null),
    tryCommitOfTag: () => Promise.resolve(null),
  };
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
      body: '',
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
        '### New contributors',
        '',
        `- @ada made their first contribution in [#7](${at}/pull/7)`,
        '',
        '',
      ].join('\n'),
    );
    expect(text).toContain(
      `helm upgrade --install keystone oci://ghcr.io/octo/charts/keystone-operator --version 1.2.3`,
    );
    expect(text).toContain(`kubectl apply --server-side -f ${at}/releases/download/${tag}/install.yaml`);
    const flux = loadAll(/```yaml\n([^`]*)```/.exec(text)?.[1] ?? '');
    expect(flux).toMatchObject([
      {
        kind: 'OCIRepository',
        spec: { url: 'oci://ghcr.io/octo/charts/keystone-operator', ref: { tag: '1.2.3', digest } },
      },
      { kind: 'HelmRelease', spec: { chartRef: { kind: 'OCIRepository', name: 'keystone' } } },
    ]);
    expect(text).toContain(`| image | \`ghcr.io/octo/keystone-operator:v1.2.3\` | \`${digest}\` |`);
    expect(text).not.toContain('keystone-operator:v1.2`');
    expect(text).toContain(`(${at}/compare/keystone/v1.2.2...${tag})`);
  });

  it('names nothing that is not published', async () => {
    const text = await releaseNotes({
      github: bench.client(),
      git: clone([]),
      plan: planOf(bench.commit),
      parts: [{ ...part('keystone', null), image: { digest, tags: [] }, chartDigest: null }],
    });
    expect(text).not.toMatch(/helm|flux|oci:|keystone-operator:/i);
    expect(text).toContain(`| image | \`ghcr.io/octo/keystone-operator\` | \`${digest}\` |`);
    expect(text).toContain('install.yaml');
    const bare = await releaseNotes({
      github: bench.client(),
      git: clone([]),
      plan: planOf(bench.commit),
      parts: [{ ...part('keystone', null), image: null, chartDigest: null, installAsset: false }],
    });
    expect(bare).not.toMatch(/### (Install|Published)/);
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

  const many = (count: number): Commit[] =>
    Array.from({ length: count }, (_, i) => ({
      sha: String(i).padStart(40, '0'),
      author: 'x',
      subject: `fix: ${i} (#${i + 1})`,
      body: '',
    }));
  const ofMany = async (count: number): Promise<[string, number]> => {
    const text = await releaseNotes({
      github: bench.client(),
      git: clone(many(count)),
      plan: planOf('a'.repeat(40)),
      parts: [part('keystone', 'v0')],
    });
    return [text, bench.standIn.requests.filter(({ operation }) => operation === 'graphql').length];
  };

  it('asks for fifty commits at a time, and not for all of very many', async () => {
    const [text, asked] = await ofMany(160);
    expect(text).toContain(`- 159 ([#160](${bench.standIn.serverUrl}/octo/ops/pull/160))`);
    expect(asked).toBe(4);
    expect((await ofMany(2600))[1] - asked).toBe(50);
  });

  it('does without pull requests when GitHub fails, and does not insist', async () => {
    bench.standIn.faults.add({ match: { operation: 'graphql' }, kind: 'status', status: 500, times: 9999 });
    const [text, asked] = await ofMany(160);
    expect(text).toContain(`- 0 ([#1](${bench.standIn.serverUrl}/octo/ops/pull/1))`);
    expect(asked).toBeLessThanOrEqual(12);
    expect(bench.log.lines.filter((l) => l.includes('does not tell'))).toHaveLength(1);
  });

  it('says what a token in a private repository lacks, without asking again', async () => {
    const body = {
      data: { repository: null },
      errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible by integration', path: ['repository'] }],
    };
    bench.standIn.faults.add({ match: { operation: 'graphql' }, kind: 'status', status: 200, body, times: 9999 });
    const [text, asked] = await ofMany(10);
    expect([text.includes('- 9 ([#10]'), asked]).toEqual([true, 1]);
    expect(bench.log.lines.join('\n')).toContain(
      'Resource not accessible by integration; in a private repository the job needs `permissions: pull-requests: read`',
    );
  });

  it.each(['status', 'reset-before', 'lost-reply'] as const)('comes to the same after one %s', async (kind) => {
    const { standIn, repository } = bench;
    const commit = standIn.seed.commit(repository, 'Add x');
    standIn.seed.pull(repository, { number: 7, title: 'feat: x', mergeCommit: commit, author: 'ada' });
    const notes = (): Promise<string> =>
      releaseNotes({
        github: bench.client(),
        git: clone([{ sha: commit, author: 'x', subject: 'Add x', body: '' }]),
        plan: planOf(commit),
        parts: [part('keystone', 'v0')],
      });
    const before = await notes();
    expect(before).toContain('- x ([#7]');
    // Of the pull requests, and of who is new.
    for (const nth of [1, 2]) {
      standIn.faults.add({ match: { operation: 'graphql', nth }, kind });
      expect(await notes()).toBe(before);
    }
  });

  it('thanks those who contribute for the first time, and folds the updates of bots', async () => {
    const { standIn, repository } = bench;
    const commits: Commit[] = [];
    const merge = (number: number, title: string, author: string, listed = true): void => {
      const sha = standIn.seed.commit(repository, title);
      standIn.seed.pull(repository, { number, title, mergeCommit: sha, author });
      if (listed) commits.unshift({ sha, author: 'x', subject: title, body: '' });
    };
    merge(1, 'feat: old', 'ada', false);
    merge(2, 'feat: more', 'ada');
    merge(3, 'fix: a', 'grace');
    merge(4, 'fix: b', 'grace');
    for (const number of [5, 6, 7, 8]) merge(number, `chore(deps): bump ${number}`, 'dependabot[bot]');
    const text = await releaseNotes({
      github: bench.client(),
      git: clone(commits),
      plan: planOf(bench.commit),
      parts: [part('keystone', 'keystone/v1.2.2')],
    });
    expect(text).toContain('**Contributors:** @grace, @ada\n');
    expect(text.split('### New contributors\n\n')[1]?.split('\n\n')[0]).toBe(
      `- @grace made their first contribution in [#3](${standIn.serverUrl}/octo/ops/pull/3)`,
    );
    expect(text).toContain('### Dependencies\n\n<details>\n<summary>4 updates by bots</summary>\n\n- bump 8 (');
  });

  it('goes by what git says of paths, modules, other operators, lines that part, and APIs', async () => {
    const crd = (...fields: string[]): string =>
      [
        'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}',
        'spec:\n  scope: Namespaced\n  names: {kind: Widget}\n  versions:\n  - name: v1\n    served: true\n    storage: true',
        '    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec:\n            type: object\n            properties:',
        ...fields.map((field) => `              ${field}: {type: string}`),
      ].join('\n');
    const file = 'operators/keystone/config/crd/bases/w.yaml';
    const repo = makeRepo({ [file]: crd('size', 'colour'), 'operators/nova/a': '', 'operators/keystone/b': '' });
    repo.commit('feat: on both lines');
    repo.git('branch', 'old');
    repo.write({ [file]: crd('size', 'shape') });
    const wanted = repo.commit('feat: shapes\n\nBREAKING CHANGE: no colours');
    repo.write({ 'operators/nova/a': 'x' });
    repo.commit('feat: of nova');
    repo.write({ 'internal/common/x.go': 'x' });
    repo.commit('fix: in common');
    repo.write({ 'operators/keystone/plugin/x.go': 'x' });
    repo.commit('feat: of the plugin, an operator of its own');
    repo.git('checkout', '--quiet', 'old');
    repo.write({ 'operators/keystone/b': 'x' });
    repo.commit('fix: only on the old line');
    repo.git('tag', 'keystone/v1.2.2');
    repo.git('checkout', '--quiet', 'main');
    const keystone = operator('keystone', 'keystone/v1.2.2');
    const notes = { ...notesOf('keystone'), paths: ['internal/common', 'operators/keystone'] };
    const release = { ...keystone.release, notes: { ...notes, without: ['operators/keystone/plugin'] } };
    const text = await releaseNotes({
      github: bench.client(),
      git: await openGit(exec, repo.root),
      plan: planOf(repo.git('rev-parse', 'HEAD')),
      parts: [{ ...part('keystone', null), operator: { ...keystone, release } as OperatorPlan }],
    });
    const at = `${bench.standIn.serverUrl}/octo/ops`;
    const parted = repo.git('merge-base', 'main', 'old');
    repo.remove();
    expect(text.split('### Fixes')[0]).toBe(
      [
        '### Breaking changes',
        '',
        '- `widgets.example.com/v1` `spec.colour`: the field is removed',
        `- shapes ([\`${wanted.slice(0, 7)}\`](${at}/commit/${wanted}))`,
        '',
        '### API changes',
        '',
        '- `widgets.example.com/v1` `spec.shape`: the field is new',
        '',
        '',
      ].join('\n'),
    );
    expect(text).toContain('- in common (');
    expect(text).not.toMatch(/nova|plugin|old line|both lines/);
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      `[All changes: \`keystone/v1.2.2...${tag}\`](${at}/compare/keystone/v1.2.2...${tag}) since they parted at [\`${parted.slice(0, 12)}\`](${at}/commit/${parted})`,
    );
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
    const [, ofKeystone = '', ofNova = ''] = text.split('### Install');
    expect(ofKeystone).not.toContain('crds.yaml');
    const lines = /```sh\n([^`]*)```/.exec(ofNova)?.[1]?.split('\n') ?? [];
    expect(lines[0]).toMatch(/^kubectl apply --server-side --force-conflicts -f \S+\/nova-crds\.yaml$/);
    expect(lines[1]).toMatch(/^helm upgrade --install nova /);
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
    rules: usualRules,
    crds: [],
    newcomers: [],
    branchedAt: null,
  };
  const text = renderNotes(notes);
  expect(text.length).toBeLessThan(120_001);
  expect(text.length).toBeGreaterThan(119_000);
  expect(text).toContain('…and more: https://github.com/octo/ops/compare/v0...keystone/v1.2.3');
  expect(text).toContain('kind: HelmRelease');
  expect(renderNotes(notes)).toBe(text);
});
