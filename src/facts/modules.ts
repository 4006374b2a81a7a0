import { posix } from 'node:path';
import type { FileSet } from './files.ts';
import { readText } from './read.ts';

/** The Go modules of a repository: by folder, the folders of the other local modules that each one needs directly. */
export type ModuleGraph = ReadonlyMap<string, readonly string[]>;

interface GoMod {
  readonly folder: string;
  readonly module: string;
  readonly requires: readonly string[];
  /** Replacements by a folder: the module path, and the folder as it is written. */
  readonly replaces: readonly { readonly module: string; readonly by: string }[];
  /** Folders that a go.work puts to use, as they are written. */
  readonly uses: readonly string[];
}

/** Reads every go.mod and go.work. `replace` with a folder and `require` of a module of the repository both count. */
export async function readModules(root: string, files: FileSet): Promise<ModuleGraph> {
  const folders = files.named('go.mod').map((file) => posix.dirname(file));
  const read = async (folder: string, name: string): Promise<GoMod> =>
    parseGoMod(folder, await readText(root, posix.join(folder, name)));
  const modules = await Promise.all(folders.map((folder) => read(folder, 'go.mod')));
  const works = await Promise.all(files.named('go.work').map((file) => read(posix.dirname(file), 'go.work')));
  const byPath = new Map([
    ...modules.map((module) => [module.module, module.folder] as const),
    ...works.flatMap((work) => work.replaces.map(({ module, by }) => [module, posix.join(work.folder, by)] as const)),
  ]);
  const known = new Set(folders);
  return new Map(
    modules.map((module) => {
      const required = module.requires.flatMap((path) => byPath.get(path) ?? []);
      const replaced = module.replaces.map(({ by }) => posix.join(module.folder, by));
      const needs = [...required, ...replaced]
        .map((folder) => folder.replace(/(?<=.)\/$/, ''))
        .filter((folder) => known.has(folder) && folder !== module.folder);
      return [module.folder, [...new Set(needs)]] as const;
    }),
  );
}

/** The modules that go.work at the root makes one workspace of, by folder: go can test one from the folder of another. */
export async function readWorkspace(root: string, files: FileSet): Promise<readonly string[]> {
  if (!files.has('go.work')) return [];
  const { uses } = parseGoMod('.', await readText(root, 'go.work'));
  return uses.map((folder) => posix.normalize(folder).replace(/(?<=.)\/$/, ''));
}

/** The lines of a go.mod or go.work that matter here (go.dev/ref/mod#go-mod-file); comments dropped. */
export function parseGoMod(folder: string, text: string): GoMod {
  const requires: string[] = [];
  const replaces: { module: string; by: string }[] = [];
  const uses: string[] = [];
  let module = '';
  let block = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*$/, '').trim();
    if (line === ')') block = '';
    const opened = /^(\w+)\s*\($/.exec(line)?.[1];
    if (opened !== undefined) {
      block = opened;
      continue;
    }
    const words = (block === '' ? line : `${block} ${line}`)
      .split(/\s+/)
      .map((word) => word.replace(/^["`](.*)["`]$/, '$1'));
    const [verb, path = ''] = words;
    if (verb === 'module') module = path;
    if (verb === 'require' && words.length > 2) requires.push(path);
    if (verb === 'use' && path !== '') uses.push(path);
    const target = words.includes('=>') ? words[words.indexOf('=>') + 1] : undefined;
    if (verb === 'replace' && target?.startsWith('.') === true) replaces.push({ module: path, by: target });
  }
  return { folder, module, requires, replaces, uses };
}

/** All local modules that the module of a folder reaches, itself included. */
export function reachable(graph: ModuleGraph, folder: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const own = moduleOf(graph, folder);
  const queue = own === null ? [] : [own];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(graph.get(next) ?? []));
  }
  return seen;
}

/** The module that a folder is part of: its own, or the nearest above it. */
function moduleOf(graph: ModuleGraph, folder: string): string | null {
  for (let at = folder; ; at = posix.dirname(at)) {
    if (graph.has(at)) return at;
    if (at === '.') return null;
  }
}
