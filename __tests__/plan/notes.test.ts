import { describe, expect, it } from 'vitest';
import { parseReleaseYaml } from '../../src/plan/release-yaml.ts';
import type { NotesPlan } from '../../src/plan/types.ts';
import { kubebuilder, monorepo } from '../fixtures/repos/layouts.ts';
import type { Tree } from '../fixtures/repos/repo.ts';
import { planOf, problemsOf, tagged, worldOf } from './world.ts';

async function notesOf(tree: Tree, tag: string): Promise<Partial<NotesPlan>> {
  return planOf(await worldOf(tree), tagged(tag)).operators[0]?.release?.notes ?? {};
}

const file = '.github/release.yml';
const yaml = `changelog:
  exclude:
    labels: [ignore-for-release]
    authors: [octocat]
  categories:
    - title: Breaking 🛠
      labels: [Semver-Major]
    - title: Other
      labels: ["*"]
      exclude: { labels: [internal] }
`;

describe('the plan of notes', () => {
  it('is about everything in a repository of one operator', async () => {
    expect(await notesOf(kubebuilder, 'v1.0.0')).toMatchObject({ paths: ['.'], without: [], by: null, sections: [] });
  });

  it('is about an operator with its modules and what it is built of, among several', async () => {
    const { paths, without } = await notesOf(monorepo, 'nova/v1.0.0');
    expect(paths).toEqual(expect.arrayContaining(['internal/common', 'operators/nova']));
    expect(paths).not.toContain('operators/keystone');
    expect(without).toEqual([]);
  });

  it('leaves out the folders of others, where all is one module', async () => {
    const operator = (name: string): Tree => ({
      [`operators/${name}/PROJECT`]: `projectName: ${name}\n`,
      [`operators/${name}/Dockerfile`]: 'FROM scratch\n',
      [`operators/${name}/main.go`]: 'package main\n\nfunc main() {}\n',
    });
    const tree = { 'go.mod': 'module example.com/ops\n', ...operator('a'), ...operator('b'), ...operator('a/plugin') };
    const world = await worldOf({ ...tree, 'operators/a/plugin/PROJECT': 'projectName: plugin\n' });
    const plan = planOf(world, tagged('v1.0.0'));
    expect(plan.operators.map(({ name, release }) => [name, release?.notes.paths, release?.notes.without])).toEqual([
      ['a', ['.'], ['operators/a/plugin', 'operators/b']],
      ['plugin', ['.'], ['operators/b']],
      ['b', ['.'], ['operators/a', 'operators/a/plugin']],
    ]);
  });

  it("takes GitHub's own configuration, and one's own before it", async () => {
    const github = await notesOf({ ...kubebuilder, [file]: yaml }, 'v1.0.0');
    const none = { labels: [], authors: [] };
    expect(github).toMatchObject({
      by: file,
      exclude: { labels: ['ignore-for-release'], authors: ['octocat'], types: [] },
      sections: [
        { title: 'Breaking 🛠', labels: ['Semver-Major'], types: [], exclude: none },
        { title: 'Other', labels: ['*'], exclude: { labels: ['internal'], authors: [] } },
      ],
    });
    const config = `defaults:
  release:
    notes:
      sections: [{ title: New, types: Feat }]
      exclude: { types: [ci], labels: skip }
`;
    const own = await notesOf({ ...kubebuilder, [file]: yaml, '.github/operator-release.yaml': config }, 'v1.0.0');
    expect(own).toMatchObject({
      by: 'release.notes',
      sections: [{ title: 'New', labels: [], types: ['feat'] }],
      exclude: { labels: ['skip', 'ignore-for-release'], authors: ['octocat'], types: ['ci'] },
    });
  });

  it('says where that is wrong', async () => {
    const world = await worldOf({ ...kubebuilder, [file]: 'changelog: { categories: [{ labels: [x] }] }' });
    expect(problemsOf(world, tagged('v1.0.0'))).toEqual([
      'OR-RELEASE-YAML the release notes cannot be configured by .github/release.yml: changelog.categories[0] has no title',
    ]);
  });

  it.each([
    ['changelog: [x]', 'changelog is no mapping'],
    ['changelog: {categories: x}', 'changelog.categories is no list'],
    ['changelog: {categories: [x]}', 'changelog.categories[0] is no mapping'],
    ['changelog: {exclude: {labels: [1]}}', 'changelog.exclude.labels holds something else than texts'],
    ['a: [', 'unexpected end'],
  ])('refuses %s', (text, said) => {
    expect(() => parseReleaseYaml(text, file)).toThrow(said);
  });

  it.each(['', '# nothing\n', 'changelog:\n', 'other: 1\n'])('takes %j for nothing', (text) => {
    expect(parseReleaseYaml(text, file)).toMatchObject({ sections: [], exclude: { labels: [], authors: [] } });
  });
});
