import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { placeIn } from '../config/load.ts';
import { didYouMean } from '../config/nearest.ts';
import type { Config } from '../config/types.ts';
import { Problem } from '../errors.ts';
import { groupBy, list } from '../report/text.ts';
import type { OperatorFolder } from './discover.ts';
import type { FileSet } from './files.ts';
import { readText } from './read.ts';

/** The folder that an entry of the configuration names, spelt as git spells it. */
export function folderOf({ path }: { readonly path?: string | undefined }): string {
  return posix.normalize(path ?? '.').replace(/(?<=.)\/$/, '');
}

/** What there is of operators. */
interface Known {
  /** By discovery alone. */
  readonly discovered: readonly OperatorFolder[];
  /** With the configuration. */
  readonly operators: readonly OperatorFolder[];
}

/**
 * What the configuration says of operators that the repository does not have: an entry without a folder that discovery
 * did not find, a folder without a file, a main operator that there is not. No schema can know. Gives OR-CONFIG-OPERATOR.
 */
export async function unknownOperators(
  root: string,
  files: FileSet,
  config: Config,
  file: string,
  { discovered, operators }: Known,
): Promise<readonly Problem[]> {
  const found = discovered.map(({ name }) => name);
  const faults: { path: readonly (string | number)[]; message: string; hint: string }[] = [];
  for (const [index, { name, path }] of config.operators.entries()) {
    if (path !== undefined && files.under(folderOf({ path })).length === 0) {
      const near = meant(
        path,
        discovered.map((folder) => folder.path),
      );
      const hint = `${near}it counts from the root of the repository, and only files that git tracks count`;
      faults.push({
        path: ['operators', index, 'path'],
        message: `there is no file in ${path}, the folder of ${name}`,
        hint,
      });
    }
    // With nothing found, an entry without a folder is the one operator in the root.
    if (path === undefined && found.length > 0 && !found.includes(name)) {
      const hint = `${meant(name, found)}found were: ${list(found)}; to add another one give its folder as "path"`;
      faults.push({
        path: ['operators', index, 'name'],
        message: `no operator "${name}" was found in this repository`,
        hint,
      });
    }
  }
  const names = operators.map(({ name }) => name);
  const { primary } = config;
  if (primary !== undefined && !names.includes(primary)) {
    const hint = `${meant(primary, names)}there are: ${list(names)}`;
    faults.push({ path: ['primary'], message: `primary: "${primary}" is no operator of this repository`, hint });
  }
  if (faults.length === 0) return [];
  const text = existsSync(join(root, file)) ? await readText(root, file) : '';
  return faults.map(
    ({ path, message, hint }) => new Problem('OR-CONFIG-OPERATOR', message, { hint, at: placeIn(text, file, path) }),
  );
}

/**
 * Operators that have one name: the results of one, its image and its chart would pass for those of the other.
 * Gives OR-OPERATOR-DUPLICATE.
 */
export function sameNames(operators: readonly OperatorFolder[], file: string): readonly Problem[] {
  return [...groupBy(operators, ({ name }) => name)]
    .filter(([, { length }]) => length > 1)
    .map(([name, same]) => {
      const folders = same.map(({ path }) => (path === '.' ? 'the root of the repository' : path));
      const last = same.at(-1)?.path ?? '';
      return new Problem(
        'OR-OPERATOR-DUPLICATE',
        `"${name}" is the name of ${same.length} operators: ${list(folders)}`,
        {
          hint: `give all but one of them another name in ${file}: an entry of "operators" with "path: ${last}" and a "name" of its own`,
        },
      );
    });
}

function meant(found: string, known: readonly string[]): string {
  const near = didYouMean(found, known);
  return near === undefined ? '' : `${near} `;
}
