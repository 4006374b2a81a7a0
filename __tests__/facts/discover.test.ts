import { afterAll, describe, expect, it } from 'vitest';
import { operatorNamePattern } from '../../src/config/values.ts';
import { describe as describeFolder, discover } from '../../src/facts/discover.ts';
import type { OperatorFolder } from '../../src/facts/discover.ts';
import { FileSet } from '../../src/facts/files.ts';
import { openGit } from '../../src/facts/git.ts';
import { exec } from '../../src/tools/exec.ts';
import { kubebuilder, monorepo, multigroup, plainGo } from '../fixtures/repos/layouts.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo, Tree } from '../fixtures/repos/repo.ts';

const repos: Repo[] = [];
afterAll(() => repos.forEach((repo) => repo.remove()));

async function filesOf(tree: Tree): Promise<{ root: string; files: FileSet }> {
  const repo = makeRepo(tree);
  repos.push(repo);
  const git = await openGit(exec, repo.root);
  return { root: git.root, files: new FileSet(await git.files()) };
}

async function discovered(tree: Tree): Promise<OperatorFolder[]> {
  const { root, files } = await filesOf(tree);
  return discover(root, files, 'fallback');
}

describe('discover', () => {
  it('sees all of a kubebuilder project', async () => {
    expect(await discovered(kubebuilder)).toEqual([
      {
        name: 'memo',
        path: '.',
        goModule: true,
        mainPackage: './cmd',
        dockerfile: 'Dockerfile',
        ko: false,
        makefile: 'Makefile',
        chartPath: 'dist/chart',
        kustomize: 'config/default',
        crds: ['config/crd/bases/example.com_memos.yaml'],
        samples: ['config/samples/v1_memo.yaml'],
        chainsaw: [],
        goE2e: 'test/e2e',
      },
    ]);
  });

  it('sees a project of several groups', async () => {
    expect(await discovered(multigroup)).toMatchObject([
      {
        name: 'fleet',
        chartPath: 'charts/fleet',
        crds: [expect.stringContaining('ports'), expect.stringContaining('ships')],
      },
    ]);
  });

  it('sees each operator of a monorepo, in the order of the folders, and no tool', async () => {
    const found = await discovered(monorepo);
    expect(
      found.map(({ name, path, dockerfile, chartPath, mainPackage }) => ({
        name,
        path,
        dockerfile,
        chartPath,
        mainPackage,
      })),
    ).toEqual(
      ['glance', 'keystone', 'nova'].map((name) => ({
        name,
        path: `operators/${name}`,
        dockerfile: null,
        chartPath: `operators/${name}/helm/${name}-operator`,
        mainPackage: '.',
      })),
    );
    expect(found[0]?.chainsaw).toEqual(['operators/glance/tests/e2e/basic']);
  });

  it.each([
    'dist/chart',
    'charts/plain',
    'charts/other',
    'helm/plain',
    'helm/chart',
    'deploy/helm/any',
    'deploy/charts/any',
    'chart/any',
    'chart',
    'helm',
    'charts',
    'deploy/helm',
    'deploy/charts',
  ])('takes a Go main beside a chart in %s for an operator', async (place) => {
    expect(await discovered(plainGo(place))).toMatchObject([
      { name: 'fallback', path: '.', mainPackage: '.', chartPath: place },
    ]);
  });

  it.each([
    'charts/nova',
    'charts/nova-operator',
    'helm/nova',
    'helm/nova-operator',
    'deploy/helm/nova',
    'deploy/charts/nova',
  ])('finds the chart of one of several operators in %s of the root', async (place) => {
    const bare = Object.entries(monorepo).filter(([file]) => !file.includes('/helm/'));
    const found = await discovered({ ...Object.fromEntries(bare), [`${place}/Chart.yaml`]: 'name: x\n' });
    expect(found.map(({ chartPath }) => chartPath)).toEqual([null, null, place]);
  });

  it("takes an operator's own chart before one in the root", async () => {
    const found = await discovered({ ...monorepo, 'charts/nova/Chart.yaml': 'name: nova\n' });
    expect(found.at(-1)?.chartPath).toBe('operators/nova/helm/nova-operator');
  });

  it.each<[string, Tree, string]>([
    ['a folder in capitals', { 'operators/Upper/PROJECT': 'layout: x\n' }, 'upper'],
    ['a project name in capitals', { 'op/PROJECT': 'projectName: Nova\n' }, 'nova'],
    ['blanks and marks', { 'op/PROJECT': 'projectName: " My (new) Operator! "\n' }, 'my-new-operator'],
    ['marks at its ends', { 'ops/-Op_/PROJECT': '' }, 'op'],
    ['nothing that a name can hold', { 'ops/ß/PROJECT': '' }, 'operator'],
  ])('makes a name that tags and inputs can hold of %s', async (_, tree, expected) => {
    const [operator] = await discovered(tree);
    expect(operator?.name).toBe(expected);
    expect(operator?.name).toMatch(operatorNamePattern);
  });

  it('looks for commands by the name as it is written', async () => {
    const tree = {
      'MyOp/PROJECT': '',
      'MyOp/go.mod': 'module x\n',
      'MyOp/cmd/MyOp/main.go': '',
      'MyOp/cmd/x/main.go': '',
    };
    expect(await discovered(tree)).toMatchObject([{ name: 'myop', mainPackage: './cmd/MyOp' }]);
  });

  it.each(['internal/testdata/project', 'vendor/example.com/x', 'web/node_modules/x', '_examples/x', '.cache/x'])(
    'passes over %s, as go does',
    async (folder) => {
      const more = { [`${folder}/PROJECT`]: 'projectName: fixture\n', [`${folder}/other/main.go`]: '' };
      const module = { [`${folder}/other/go.mod`]: 'module z\n', [`${folder}/other/chart/Chart.yaml`]: 'name: z\n' };
      const found = await discovered({ ...kubebuilder, ...more, ...module });
      expect(found.map(({ path }) => path)).toEqual(['.']);
    },
  );

  it('does not choose between two charts of other names, and says so by none', async () => {
    const tree = { ...plainGo('charts/one'), ...plainGo('charts/two'), 'config/crd/bases/x.yaml': 'kind: X\n' };
    expect(await discovered(tree)).toMatchObject([{ chartPath: null }]);
  });

  it('takes CRDs for the sign of an operator where there is no chart', async () => {
    const tree = { 'go.mod': 'module x\n', 'cmd/manager/main.go': '', 'config/crd/bases/x.yaml': 'kind: X\n' };
    expect(await discovered(tree)).toMatchObject([
      { chartPath: null, mainPackage: './cmd/manager', crds: ['config/crd/bases/x.yaml'] },
    ]);
  });

  it('sees that a project has neither Makefile nor Dockerfile but builds with ko', async () => {
    const tree = plainGo('charts/plain', { '.ko.yaml': 'defaultBaseImage: scratch\n' });
    expect(await discovered(tree)).toMatchObject([{ makefile: null, dockerfile: null, ko: true }]);
  });

  it('takes an operator without Go code for one', async () => {
    const tree = { PROJECT: 'projectName: ansible\n', Dockerfile: 'FROM a\n', 'watches.yaml': '[]\n' };
    expect(await discovered(tree)).toMatchObject([{ name: 'ansible', goModule: false, mainPackage: null }]);
  });

  it('finds the Go code of operators that share a module', async () => {
    const tree = {
      'go.mod': 'module x\n',
      'ops/a/PROJECT': 'projectName: a\n',
      'ops/a/main.go': '',
      'ops/b/PROJECT': '',
      'ops/b/Dockerfile': '',
    };
    expect(await discovered(tree)).toMatchObject([
      { name: 'a', goModule: true },
      { name: 'b', goModule: false },
    ]);
  });

  it.each([
    ['a library', { 'go.mod': 'module x\n', 'x.go': 'package x\n', 'chart/Chart.yaml': '' }],
    ['a program without chart and CRDs', { 'go.mod': 'module x\n', 'main.go': '' }],
    ['a chart alone', { 'charts/x/Chart.yaml': '' }],
    ['nothing', {}],
  ])('takes %s for no operator', async (_, tree) => {
    expect(await discovered({ 'README.md': '', ...tree })).toEqual([]);
  });

  it.each([
    ['broken YAML', 'projectName: [\n'],
    ['a list', '- projectName\n'],
    ['a name that is no text', 'projectName: 7\n'],
  ])('names the folder where PROJECT is %s', async (_, text) => {
    expect(await discovered({ 'op/PROJECT': text, 'op/go.mod': 'module x\n' })).toMatchObject([{ name: 'op' }]);
  });
});

describe('describe', () => {
  it('tells what there is of a folder that only the configuration names', async () => {
    const { root, files } = await filesOf({
      'agents/collector/Dockerfile': 'FROM a\n',
      'agents/collector/Makefile': 'x:\n',
    });
    expect(await describeFolder(root, 'agents/collector', files, 'fallback')).toMatchObject({
      name: 'collector',
      goModule: false,
      dockerfile: 'agents/collector/Dockerfile',
      makefile: 'agents/collector/Makefile',
      chartPath: null,
    });
  });

  it.each([
    [['cmd/main.go', 'main.go'], './cmd'],
    [['cmd/op/main.go', 'cmd/other/main.go'], './cmd/op'],
    [['cmd/controller/main.go', 'cmd/other/main.go'], './cmd/controller'],
    [['cmd/only/main.go'], './cmd/only'],
    [['cmd/one/main.go', 'cmd/two/main.go'], null],
    [['cmd/deep/er/main.go'], null],
  ])('finds the main package among %j', async (mains, expected) => {
    const files = new FileSet(mains.map((file) => `op/${file}`));
    expect((await describeFolder('/nowhere', 'op', files, 'x')).mainPackage).toBe(expected);
  });
});
