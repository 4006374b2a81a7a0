import { posix } from 'node:path';
import type { Changes } from '../facts/changes.ts';
import { reachable } from '../facts/modules.ts';
import type { ModuleGraph } from '../facts/modules.ts';
import { indexWatchers } from './watchers.ts';
import type { Watched } from './watchers.ts';

/** Never part of what is built; a Go package may be called "docs" all the same. */
const documentation =
  /(^|\/)(docs?\/.*(?<!\.go)|[^/]*\.(md|mdx|adoc|rst)|LICENSE([.-][^/]*)?(?<!\.(go|ya?ml))|NOTICE|CODEOWNERS|OWNERS|AUTHORS|\.gitattributes)$/i;
/** Decides how everything is built. */
const decisive = /^(\.github\/(workflows|actions)\/|go\.work(\.sum)?$)/;
/** Whether a file decides how everything is built. */
export function isDecisive(file: string, configFile: string): boolean {
  return decisive.test(file) || file === configFile;
}

export function isDocumentation(file: string): boolean {
  return documentation.test(file);
}

/** Shown reasons per operator; a refactoring of a thousand files is told by a few. */
const shownReasons = 5;

/**
 * For every operator, by what it is affected; an empty list: not at all. Documentation affects nothing; workflows and the
 * configuration affect all; a file of a Go module affects those whose modules reach it; what belongs to nobody (a Makefile,
 * hack/) affects all, since nothing tells who uses it, but those whose globs say that they do not.
 */
export function affectedBy(
  changes: Changes,
  operators: readonly Watched[],
  modules: ModuleGraph,
  configFile: string,
): ReadonlyMap<string, readonly string[]> {
  if ('everything' in changes) return new Map(operators.map((operator) => [operator.name, [changes.everything]]));
  const found = new Map<string, string[]>(operators.map((operator) => [operator.name, []]));
  // How many can still be given a reason that is shown; when none can, the rest of the files tells nothing new.
  let open = found.size;
  const add = (name: string, reason: string): void => {
    const reasons = found.get(name);
    if (reasons === undefined || reasons.length > shownReasons) return;
    if (reasons.push(reason) > shownReasons) open--;
  };
  const watchersOf = indexWatchers(operators);
  const placeOf = placesOf(operators, modules);
  const all = operators.map((operator) => operator.name);

  for (const file of changes.files) {
    if (open === 0) break;
    const { folders, home, inModule } = placeOf(posix.dirname(file));
    const { names: watchers, isOut } = watchersOf(file, folders);
    if (watchers.length === 0 && isDocumentation(file)) continue;
    const users = isDecisive(file, configFile)
      ? all
      : watchers.length === 0
        ? home
        : [...new Set([...watchers, ...home])];
    // A nested Go module that no operator reaches concerns nobody.
    const concerned = users.length === 0 && !inModule ? all.filter((name) => !isOut(name)) : users;
    for (const name of concerned) add(name, file);
  }
  return new Map([...found].map(([name, reasons]) => [name, shorten(reasons)]));
}

function shorten(reasons: readonly string[]): readonly string[] {
  return reasons.length > shownReasons ? [...reasons.slice(0, shownReasons), 'and more'] : reasons;
}

/** What is the same for all files of a folder. */
interface Place {
  /** The folder and those that it is in, innermost first, `.` last. */
  readonly folders: readonly string[];
  /** The operators that its files belong to, each once. */
  readonly home: readonly string[];
  /** Whether it is in a Go module below the root. */
  readonly inModule: boolean;
}

/**
 * Files belong to the operators in whose folder they are, and to those whose modules reach their module. Operators that
 * share a module share what lies beside their folders, not each other's folder.
 */
function placesOf(operators: readonly Watched[], modules: ModuleGraph): (folder: string) => Place {
  const owners = new Map<string, string[]>();
  const usersOf = new Map<string, string[]>();
  for (const { name, path } of operators) {
    owners.set(path, [...(owners.get(path) ?? []), name]);
    for (const module of reachable(modules, path)) {
      const users = usersOf.get(module);
      if (users === undefined) usersOf.set(module, [name]);
      else users.push(name);
    }
  }
  const known = new Map<string, Place>();
  const read = (start: string): Place => {
    const folders = foldersOf(start);
    const owner = folders.findIndex((folder) => owners.has(folder));
    const module = folders.findIndex((folder) => modules.has(folder));
    const isBeside = owner === -1 || module <= owner;
    // What is in the module of the root and in nobody's folder concerns all, as it may be no code at all (a Makefile).
    const isOfAll = folders[module] === '.' && owner === -1;
    const users = isBeside && !isOfAll ? usersOf.get(folders[module] ?? '') : undefined;
    return {
      folders,
      home: [...new Set([...(owners.get(folders[owner] ?? '') ?? []), ...(users ?? [])])],
      inModule: module !== -1 && folders[module] !== '.',
    };
  };
  return (folder) => {
    const place = known.get(folder) ?? read(folder);
    known.set(folder, place);
    return place;
  };
}

function foldersOf(start: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = start; folder !== '.'; folder = posix.dirname(folder)) folders.push(folder);
  return [...folders, '.'];
}
