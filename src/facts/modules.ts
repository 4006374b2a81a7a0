import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { FileSet } from './files.ts';

/** The Go modules of a repository: by folder, the folders of the other local modules that each one needs directly. */
export type ModuleGraph = ReadonlyMap<string, readonly string[]>;

interface GoMod {
  readonly folder: string;
  readonly module: string;
  readonly requires: readonly string[];
  readonly replaces: readonly string[];
}

/** Reads every go.mod and go.work. `replace` with a folder and `require` of a module of the workspace both count. */
export async function readModules(root: string, files: FileSet): Promise<ModuleGraph> {
  const folders = files.named('go.mod').map((file) => posix.dirname(file));
  const modules = await Promise.all(
    folders.map(async (folder) => parseGoMod(folder, await readFile(join(root, folder, 'go.mod'), 'utf8'))),
  );
  const byPath = new Map(modules.map((module) => [module.module, module.folder]));
  const known = new Set(folders);
  return new Map(
    modules.map((module) => {
      const required = module.requires.flatMap((path) => byPath.get(path) ?? []);
      const replaced = module.replaces.map((path) => posix.normalize(posix.join(module.folder, path)));
      const needs = [...required, ...replaced].filter((folder) => known.has(folder) && folder !== module.folder);
      return [module.folder, [...new Set(needs)]] as const;
    }),
  );
}

/** The lines of a go.mod that matter here (go.dev/ref/mod#go-mod-file); comments dropped. */
export function parseGoMod(folder: string, text: string): GoMod {
  const requires: string[] = [];
  const replaces: string[] = [];
  let module = '';
  let block = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*$/, '').trim();
    if (line === ')') block = '';
    const opened = /^(\w+)\s*\($/.exec(line)?.[1];
    if (opened !== undefined) block = opened;
    const words = (block === '' ? line : `${block} ${line}`).split(/\s+/);
    if (words[0] === 'module') module = words[1]?.replaceAll('"', '') ?? '';
    if (words[0] === 'require' && words.length > 2) requires.push(words[1] ?? '');
    const target = words[words.indexOf('=>') + 1];
    if (words[0] === 'replace' && words.includes('=>') && target?.startsWith('.') === true) replaces.push(target);
  }
  return { folder, module, requires, replaces };
}

/** All local modules that a folder's module reaches, itself included. */
export function reachable(graph: ModuleGraph, folder: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = graph.has(folder) ? [folder] : [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(graph.get(next) ?? []));
  }
  return seen;
}
