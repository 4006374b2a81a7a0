import { matchesGlob, posix } from 'node:path';
import type { Changes } from '../facts/changes.ts';
import { reachable } from '../facts/modules.ts';
import type { ModuleGraph } from '../facts/modules.ts';

/** What change detection needs of an operator. */
export interface Watched {
  readonly name: string;
  readonly path: string;
  /** Files and folders outside its own that its image and chart are made of. */
  readonly inputs: readonly string[];
  readonly watch: readonly string[];
}

/** Never part of what is built; a Go package may be called "docs" all the same. */
const documentation =
  /(^|\/)(docs?\/.*(?<!\.go)|[^/]*\.(md|mdx|adoc|rst)|LICENSE[^/]*|NOTICE|CODEOWNERS|OWNERS|AUTHORS|\.gitattributes)$/i;
/** Decides how everything is built. */
const decisive = /^(\.github\/(workflows|actions)\/|go\.work(\.sum)?$)/;
/** Shown reasons per operator; a refactoring of a thousand files is told by a few. */
const shownReasons = 5;

/**
 * For every operator, by what it is affected; an empty list: not at all. Documentation affects nothing; workflows and the
 * configuration affect all; a file of a Go module affects those whose modules reach it; what belongs to nobody (a Makefile,
 * hack/) affects all, since nothing tells who uses it.
 */
export function affectedBy(
  changes: Changes,
  operators: readonly Watched[],
  modules: ModuleGraph,
  configFile: string,
): ReadonlyMap<string, readonly string[]> {
  if ('everything' in changes) return new Map(operators.map((operator) => [operator.name, [changes.everything]]));
  const found = new Map<string, string[]>(operators.map((operator) => [operator.name, []]));
  const add = (name: string, reason: string): void => {
    const reasons = found.get(name);
    if (reasons !== undefined && reasons.length <= shownReasons) reasons.push(reason);
  };
  const reach = operators.map((operator) => ({ operator, modules: reachable(modules, operator.path) }));
  const usersOf = new Map<string, string[]>();
  for (const { operator, modules: reached } of reach) {
    for (const folder of reached) usersOf.set(folder, [...(usersOf.get(folder) ?? []), operator.name]);
  }
  const owners = new Map<string, string[]>();
  for (const { path, name } of operators) owners.set(path, [...(owners.get(path) ?? []), name]);
  const watching = operators.filter((operator) => operator.watch.length > 0 || operator.inputs.length > 0);
  const all = operators.map((operator) => operator.name);

  for (const file of changes.files) {
    const watchers = watching.filter((operator) => isWatched(operator, file)).map((operator) => operator.name);
    if (watchers.length === 0 && documentation.test(file)) continue;
    const everyone = decisive.test(file) || file === configFile;
    const users = everyone ? all : [...new Set([...watchers, ...homeOf(file, owners, modules, usersOf)])];
    const concerned = users.length === 0 && !belongsToModule(file, modules) ? all : users;
    for (const name of concerned) add(name, file);
  }
  return new Map([...found].map(([name, reasons]) => [name, shorten(reasons)]));
}

function shorten(reasons: readonly string[]): readonly string[] {
  return reasons.length > shownReasons ? [...reasons.slice(0, shownReasons), 'and more'] : reasons;
}

function isWatched(operator: Watched, file: string): boolean {
  return (
    operator.inputs.some((input) => input !== '.' && (file === input || file.startsWith(`${input}/`))) ||
    operator.watch.some((glob) => matchesGlob(file, glob))
  );
}

/**
 * The operators that a file belongs to: those in whose folder it is, and those whose modules reach its module. Operators
 * that share a module share what lies beside their folders, not each other's folder.
 */
function homeOf(
  file: string,
  owners: ReadonlyMap<string, readonly string[]>,
  modules: ModuleGraph,
  usersOf: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const folders = foldersOf(file);
  const owner = folders.findIndex((folder) => owners.has(folder));
  const module = folders.findIndex((folder) => modules.has(folder));
  const isBeside = owner === -1 || module <= owner;
  const users = isBeside && folders[module] !== '.' ? usersOf.get(folders[module] ?? '') : undefined;
  return [...(owners.get(folders[owner] ?? '') ?? []), ...(users ?? [])];
}

/** A nested Go module that no operator reaches concerns nobody. */
function belongsToModule(file: string, modules: ModuleGraph): boolean {
  return foldersOf(file).some((folder) => folder !== '.' && modules.has(folder));
}

/** The folders that a file is in, innermost first, `.` last. */
function foldersOf(file: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) folders.push(folder);
  return [...folders, '.'];
}
