import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { ChartHost } from '../../src/chart/source.ts';
import { exec } from '../../src/tools/exec.ts';
import { programsOnPath } from '../../src/tools/path.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo, Tree } from '../fixtures/repos/repo.ts';

/** Helm of the machine; tests that need it are left out where there is none. */
export const helm = (await programsOnPath('helm', process.env))[0] ?? null;

const repos: Repo[] = [];
afterAll(() => repos.forEach((repo) => repo.remove()));

/** A repository that is there until the tests of the file have ended. */
export function repoOf(tree: Tree): Repo {
  const repo = makeRepo(tree);
  repos.push(repo);
  return repo;
}

/** A host as a stage has it, over a repository. */
export function hostOf(repo: Repo): ChartHost {
  return {
    root: repo.root,
    scratch: mkdtempSync(join(tmpdir(), 'chart-')),
    ports: { login: {} },
    run: (tool, args, options = {}) => exec(tool, args, { cwd: repo.root, ...options }),
  };
}

/** A chart in a folder, with one ConfigMap of the given data. */
export function chartIn(folder: string, name: string, more: Tree = {}): Tree {
  const below = Object.entries(more).map(([path, content]): [string, string] => [`${folder}/${path}`, content]);
  return {
    [`${folder}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`,
    [`${folder}/values.yaml`]: 'greeting: hello\n',
    [`${folder}/templates/map.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  greeting: {{ .Values.greeting }}\n`,
    ...Object.fromEntries(below),
  };
}
