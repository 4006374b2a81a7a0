import { posix } from 'node:path';
import type { Changes } from '../facts/changes.ts';
import { reachable } from '../facts/modules.ts';
import type { Facts } from '../facts/types.ts';
import { isDecisive, isDocumentation } from './affected.ts';

/** What the tests of common modules depend on. */
type CommonFacts = Pick<Facts, 'operators' | 'modules' | 'workspace' | 'changes'>;

/**
 * Go modules that no operator owns, such as internal/common, by the operator that tests them along: once, by the first one
 * that needs them of those that the event concerns, whichever of these a job of a matrix is for. Only modules that
 * changed, and only in a workspace (go.work), where go tests a module from the folder of another.
 */
export function commonModules(
  { operators, modules, workspace, changes }: CommonFacts,
  concerned: ReadonlySet<string>,
  configFile: string,
): ReadonlyMap<string, readonly string[]> {
  const usable = new Set(workspace);
  const common = [...modules.keys()]
    .filter(
      (folder) => usable.has(folder) && !operators.some(({ path }) => isWithin(folder, path) || isWithin(path, folder)),
    )
    .sort();
  const found = new Map<string, readonly string[]>();
  if (common.length === 0) return found;
  const touched = touchedModules(changes, modules, configFile);
  const users = operators.filter(({ name, path }) => concerned.has(name) && usable.has(path));
  for (const folder of common.filter(touched)) {
    const first = users.find(({ path }) => reachable(modules, path).has(folder));
    if (first !== undefined) found.set(first.name, [...(found.get(first.name) ?? []), folder]);
  }
  return found;
}

function touchedModules(changes: Changes, modules: Facts['modules'], configFile: string): (folder: string) => boolean {
  if ('everything' in changes || changes.files.some((file) => isDecisive(file, configFile))) return () => true;
  const touched = new Set(
    changes.files.filter((file) => !isDocumentation(file)).map((file) => moduleOf(file, modules)),
  );
  return (folder) => touched.has(folder);
}

function moduleOf(file: string, modules: Facts['modules']): string | null {
  let folder = posix.dirname(file);
  while (!modules.has(folder) && folder !== '.') folder = posix.dirname(folder);
  return modules.has(folder) ? folder : null;
}

function isWithin(folder: string, parent: string): boolean {
  return parent === '.' || folder === parent || folder.startsWith(`${parent}/`);
}
