import { matchesGlob, posix } from 'node:path';

/** What change detection needs of an operator. */
export interface Watched {
  readonly name: string;
  readonly path: string;
  /** Files and folders outside its own that its image and chart are made of. */
  readonly inputs: readonly string[];
  readonly watch: readonly string[];
}

/**
 * Who watches a file, by inputs and globs; a name may come twice. What is looked at are the folders that a file is in,
 * so that the effort grows with the depth of a file and hardly with the number of operators.
 */
export type Watchers = (file: string, folders: readonly string[]) => readonly string[];

interface Glob {
  readonly glob: string;
  readonly names: string[];
}

export function indexWatchers(operators: readonly Watched[]): Watchers {
  const byInput = new Map<string, string[]>();
  const globs = new Map<string, Glob>();
  for (const { name, inputs, watch } of operators) {
    for (const input of inputs) if (input !== '.') push(byInput, input, name);
    for (const glob of watch) {
      const known = globs.get(glob);
      if (known === undefined) globs.set(glob, { glob, names: [name] });
      else known.names.push(name);
    }
  }
  const byFolder = new Map<string, Glob[]>();
  for (const entry of globs.values()) push(byFolder, fixedFolder(entry.glob), entry);
  return (file, folders) => [
    ...(byInput.get(file) ?? []),
    ...folders.flatMap((folder) => byInput.get(folder) ?? []),
    ...folders
      .flatMap((folder) => byFolder.get(folder) ?? [])
      .flatMap(({ glob, names }) => (matchesGlob(file, glob) ? names : [])),
  ];
}

/** The folder that all files a glob can match are in, as far as its text tells; `.` where it begins with a pattern. */
function fixedFolder(glob: string): string {
  // "hack//x" and "hack/../x" are spelled otherwise than the folders of a file, and match all the same.
  if (/(^|\/)\.{0,2}(\/|$)/.test(glob)) return '.';
  const literal = glob.slice(0, glob.search(/[*?[\]{}()!+@\\]|$/));
  return posix.dirname(`${literal}x`);
}

function push<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
