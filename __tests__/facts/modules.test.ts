import { afterAll, describe, expect, it } from 'vitest';
import { FileSet } from '../../src/facts/files.ts';
import { makeTargets } from '../../src/facts/makefile.ts';
import { parseGoMod, reachable, readModules } from '../../src/facts/modules.ts';
import type { ModuleGraph } from '../../src/facts/modules.ts';
import { kubebuilderMakefile, monorepo } from '../fixtures/repos/layouts.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo, Tree } from '../fixtures/repos/repo.ts';

const repos: Repo[] = [];
afterAll(() => repos.forEach((repo) => repo.remove()));

function repoOf(tree: Tree): { root: string; files: FileSet } {
  const repo = makeRepo(tree);
  repos.push(repo);
  return { root: repo.root, files: new FileSet(Object.keys(tree)) };
}

async function graphOf(tree: Tree): Promise<ModuleGraph> {
  const { root, files } = repoOf(tree);
  return readModules(root, files);
}

describe('parseGoMod', () => {
  it('reads lines and blocks, and drops comments', () => {
    const text = `// module lie
module example.com/a // a comment

go 1.26
toolchain go1.26.0
require example.com/one v1.0.0
require (
\texample.com/two v1.0.0 // indirect
\t// example.com/lie v1.0.0
\t"example.com/three" v0.0.0
)
exclude example.com/no v1.0.0
retract (
\tv1.0.0
)
replace example.com/one => ../one
replace (
\texample.com/two v1.0.0 => ./two
\texample.com/far => example.com/fork v1.2.3
)
`;
    expect(parseGoMod('x', text)).toEqual({
      folder: 'x',
      module: 'example.com/a',
      requires: ['example.com/one', 'example.com/two', 'example.com/three'],
      replaces: [
        { module: 'example.com/one', by: '../one' },
        { module: 'example.com/two', by: './two' },
      ],
      uses: [],
    });
  });

  it('reads what go.work puts to use', () => {
    const text = 'go 1.26\nuse ./one\nuse (\n\t./two // the second\n\t"./three/"\n)\n';
    expect(parseGoMod('.', text).uses).toEqual(['./one', './two', './three/']);
  });

  it('reads Windows line ends and quotes', () => {
    expect(parseGoMod('.', 'module "example.com/a"\r\nrequire (\r\n  b.io/c v1.0.0\r\n)\r\n')).toMatchObject({
      module: 'example.com/a',
      requires: ['b.io/c'],
    });
  });
});

describe('readModules', () => {
  it('knows which operators of a workspace need the common module', async () => {
    const graph = await graphOf(monorepo);
    expect(graph.get('operators/keystone')).toEqual(['internal/common']);
    expect(graph.get('internal/common')).toEqual([]);
    expect(graph.get('tools')).toEqual([]);
    expect(graph.size).toBe(5);
  });

  it('follows replacements by folders, in go.mod and in go.work, and nothing outside the repository', async () => {
    const graph = await graphOf({
      'go.work': 'use ./a\nreplace fork.io/x => ./forks/x/\n',
      'a/go.mod':
        'module example.com/a\nrequire fork.io/x v1.0.0\nrequire other.io/y v1.0.0\nreplace other.io/y => ../b/\nreplace z.io/z => ../../z\n',
      'b/go.mod': 'module example.com/b\n',
      'forks/x/go.mod': 'module original.io/x\n',
    });
    expect(graph.get('a')).toEqual(['forks/x', 'b']);
  });
});

describe('reachable', () => {
  const graph: ModuleGraph = new Map([
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d', 'a']],
    ['d', []],
    ['e', ['a']],
  ]);

  it('goes through the whole graph, circles included', () => {
    expect([...reachable(graph, 'a')].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect([...reachable(graph, 'd')]).toEqual(['d']);
  });

  it('begins at the module that a folder is part of', () => {
    expect([...reachable(graph, 'd/cmd/x')]).toEqual(['d']);
    expect([...reachable(new Map([['.', []]]), 'operators/a')]).toEqual(['.']);
    expect([...reachable(graph, 'elsewhere')]).toEqual([]);
  });
});

describe('makeTargets', () => {
  const targetsOf = async (tree: Tree, makefile = 'Makefile'): Promise<readonly string[]> => {
    const { root, files } = repoOf(tree);
    return makeTargets(root, makefile, files);
  };

  it("finds kubebuilder's, and no variable", async () => {
    const targets = await targetsOf({ Makefile: kubebuilderMakefile });
    expect(targets).toEqual(['all', 'manifests', 'generate', 'test', 'test-e2e']);
  });

  it('reads rules with several targets, and double colons', async () => {
    const text =
      'manifests generate: gen\nboth:: x\nA := b\nB ::= c\nC :::= d\nexport D := e\n# not: this\nbin/tool: x\n%.o: %.c\n$(BIN): y\n\trecipe: z\ntest: FOO = bar\n';
    expect(await targetsOf({ Makefile: text })).toEqual(['manifests', 'generate', 'both', 'bin/tool', 'test']);
  });

  it('reads what is included, wherever it is, and does not mind what is missing', async () => {
    const tree = {
      'op/Makefile': 'include Makefile.*.mk\n-include ../common.mk missing.mk\nsinclude $(DIR)/x.mk\nall: x\n',
      'op/Makefile.gen.mk': 'one: x\n',
      'op/deep/Makefile.no.mk': 'no: x\n',
      'common.mk': 'two: x\n',
    };
    expect(await targetsOf(tree, 'op/Makefile')).toEqual(['all', 'one', 'two']);
  });
});
