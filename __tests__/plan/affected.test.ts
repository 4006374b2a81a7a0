import { describe, expect, it } from 'vitest';
import type { ModuleGraph } from '../../src/facts/modules.ts';
import { affectedBy } from '../../src/plan/affected.ts';
import type { Watched } from '../../src/plan/watchers.ts';

const configFile = '.github/operator-release.yaml';
const modules: ModuleGraph = new Map([
  ['internal/common', []],
  ['internal/glue', ['internal/common']],
  ['operators/glance', ['internal/common']],
  ['operators/keystone', ['internal/glue']],
  ['operators/nova', []],
  ['tools', []],
]);
const watched = (name: string, more: Partial<Watched> = {}): Watched => ({
  name,
  path: `operators/${name}`,
  inputs: ['operators/Dockerfile', `charts/${name}`],
  watch: [],
  ...more,
});
const operators = [watched('glance'), watched('keystone', { watch: ['hack/**', 'docs/api.md'] }), watched('nova')];
const all = ['glance', 'keystone', 'nova'];

function names(files: readonly string[], given = operators, graph = modules): string[] {
  const by = affectedBy({ files }, given, graph, configFile);
  return [...by].filter(([, reasons]) => reasons.length > 0).map(([name]) => name);
}

describe('affectedBy, in a monorepo', () => {
  it.each<[string, string, readonly string[]]>([
    ['its own folder', 'operators/nova/api/v1/types.go', ['nova']],
    ['a module that two reach, one of them through another', 'internal/common/conditions.go', ['glance', 'keystone']],
    ['a module that one reaches', 'internal/glue/glue.go', ['keystone']],
    ['the go.mod of a common module', 'internal/common/go.mod', ['glance', 'keystone']],
    ['a module that nobody reaches', 'tools/main.go', []],
    ['a chart outside the folder', 'charts/nova/values.yaml', ['nova']],
    ['the README of a chart, which is packed with it', 'charts/nova/README.md', ['nova']],
    ['the Dockerfile of all', 'operators/Dockerfile', all],
    ['what one watches', 'hack/generate.sh', ['keystone']],
    ['documentation that one watches', 'docs/api.md', ['keystone']],
    ['documentation', 'docs/index.html', []],
    ['documentation beside code', 'operators/nova/README.md', []],
    ['a Go package called docs', 'operators/nova/internal/docs/docs.go', ['nova']],
    ['a licence', 'LICENSE', []],
    ['code about licences', 'operators/nova/api/v1/license_types.go', ['nova']],
    ['a workflow', '.github/workflows/release.yaml', all],
    ['an action of the repository', '.github/actions/setup/action.yml', all],
    ['other files of GitHub', '.github/dependabot.yml', all],
    ['the configuration', configFile, all],
    ['go.work', 'go.work', all],
    ['the Makefile of the root', 'Makefile', all],
    ['what nobody can tell whose it is', 'shared/values.yaml', all],
    ['a folder whose name begins alike', 'operators/nova-extra/x.go', all],
    ['a name with a line end', 'operators/nova/odd\nname', ['nova']],
  ])('%s', (_, file, expected) => {
    expect(names([file])).toEqual(expected);
  });

  it.each<[string, string, readonly string[]]>([
    ['what one takes out, and nobody else names', 'hack/gen.sh', ['glance', 'nova']],
    ['what it does not take out', 'hack/gen.go', ['keystone']],
    ['what one takes out, and another watches', 'tools.mk', ['glance']],
    ['its own folder all the same', 'operators/keystone/gen.sh', ['keystone']],
    ['a module that it needs all the same', 'internal/glue/gen.sh', ['keystone']],
    ['what decides how all are built all the same', '.github/workflows/gen.sh', all],
  ])('with globs that take files out: %s', (_, file, expected) => {
    const given = [
      watched('glance', { watch: ['*.mk'] }),
      watched('keystone', { watch: ['hack/**', '!**/*.sh', '!*.mk'] }),
      watched('nova'),
    ];
    expect(names([file], given)).toEqual(expected);
  });

  it('adds up, and is empty for no file', () => {
    expect(names(['operators/nova/x', 'docs/x.md', 'internal/glue/x.go'])).toEqual(['keystone', 'nova']);
    expect(names([])).toEqual([]);
  });
});

describe('affectedBy, elsewhere', () => {
  const single = [watched('memo', { path: '.', inputs: ['Dockerfile', 'dist/chart'] })];
  const one: ModuleGraph = new Map([
    ['.', []],
    ['hack/tools', []],
  ]);

  it('takes everything but documentation for part of an operator in the root', () => {
    for (const file of ['main.go', 'Makefile', 'hack/tools/x.go', 'config/manager/manager.yaml']) {
      expect(names([file], single, one), file).toEqual(['memo']);
    }
    expect(names(['README.md', 'docs/a/b.png'], single, one)).toEqual([]);
  });

  it('keeps operators of one module apart, except for what lies beside them', () => {
    const shared: ModuleGraph = new Map([['operators', []]]);
    expect(names(['operators/nova/main.go'], operators, shared)).toEqual(['nova']);
    expect(names(['operators/pkg/common.go'], operators, shared)).toEqual(all);
    const root: ModuleGraph = new Map([['.', []]]);
    expect(names(['operators/nova/main.go'], operators, root)).toEqual(['nova']);
    expect(names(['pkg/common.go'], operators, root)).toEqual(all);
  });

  it('gives the innermost of nested operators a file', () => {
    const nested = [watched('outer', { path: '.', inputs: [] }), watched('inner', { path: 'inner', inputs: [] })];
    expect(names(['inner/x.go'], nested, new Map())).toEqual(['inner']);
  });

  it.each<[string, readonly string[]]>([
    ['internal/controller/x.go', ['inner', 'outer']],
    ['go.mod', ['inner', 'outer']],
    ['agents/inner/main.go', ['inner']],
    ['agents/apart/main.go', ['apart']],
    ['README.md', []],
  ])('gives %s of the root module to its nested operators, too', (file, expected) => {
    const nested = ['.', 'agents/inner', 'agents/apart'].map((path) =>
      watched(path === '.' ? 'outer' : path.slice('agents/'.length), { path, inputs: [] }),
    );
    // The third has a module of its own, which needs nothing of the root.
    const graph: ModuleGraph = new Map([
      ['.', []],
      ['agents/apart', []],
    ]);
    expect(names([file], nested, graph).sort()).toEqual(expected);
  });

  it('gives operators of one folder its files alike', () => {
    const two = [watched('agent', { path: 'op', inputs: [] }), watched('server', { path: 'op', inputs: [] })];
    expect(names(['op/main.go'], two, new Map([['op', []]]))).toEqual(['agent', 'server']);
  });

  it('follows modules below an operator to those who use them', () => {
    const api: ModuleGraph = new Map([
      ['operators/glance', ['operators/keystone/api']],
      ['operators/keystone', ['operators/keystone/api']],
      ['operators/keystone/api', []],
      ['operators/nova', []],
    ]);
    expect(names(['operators/keystone/api/v1/types.go'], operators, api)).toEqual(['glance', 'keystone']);
    expect(names(['operators/keystone/main.go'], operators, api)).toEqual(['keystone']);
  });
});

describe('the reasons', () => {
  it('are the files, a few of a thousand', () => {
    const files = Array.from({ length: 1_000 }, (_, index) => `operators/nova/file-${index}.go`);
    const by = affectedBy({ files }, operators, modules, configFile);
    expect(by.get('nova')).toEqual([...files.slice(0, 5), 'and more']);
    expect(by.get('glance')).toEqual([]);
    expect(affectedBy({ files: files.slice(0, 5) }, operators, modules, configFile).get('nova')).toEqual(
      files.slice(0, 5),
    );
  });

  it('name a file once, however many ways lead to it', () => {
    const twice = [watched('nova', { inputs: ['operators/nova/Dockerfile'], watch: ['operators/**'] })];
    expect(affectedBy({ files: ['operators/nova/Dockerfile'] }, twice, modules, configFile).get('nova')).toEqual([
      'operators/nova/Dockerfile',
    ]);
  });

  it('say why everything counts', () => {
    const by = affectedBy({ everything: 'a tag' }, operators, modules, configFile);
    expect([...by.values()]).toEqual([['a tag'], ['a tag'], ['a tag']]);
  });
});
