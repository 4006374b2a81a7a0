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
export type Watchers = (file: string, folders: readonly string[]) => Watching;

export interface Watching {
  readonly names: readonly string[];
  /** Whether an operator's globs say of the file that it is not for it. */
  readonly isOut: (name: string) => boolean;
}

interface Glob {
  readonly matches: (file: string) => boolean;
  readonly names: string[];
}

/** One of an operator's globs, in their order; `out` when it takes files out again. */
interface Rule {
  readonly matches: (file: string) => boolean;
  readonly out: boolean;
}

export function indexWatchers(operators: readonly Watched[]): Watchers {
  const byInput = new Map<string, string[]>();
  const globs = new Map<string, Glob>();
  const exceptions = new Map<string, readonly Rule[]>();
  const rules = new Map<string, readonly Rule[]>();
  for (const { name, inputs, watch } of operators) {
    for (const input of inputs) if (input !== '.') push(byInput, input, name);
    if (watch.some(takesOut)) {
      const key = watch.join('\n');
      const known = rules.get(key) ?? rulesFrom(watch);
      rules.set(key, known);
      exceptions.set(name, known);
    }
    for (const glob of watch.filter((each) => !takesOut(each))) {
      const known = globs.get(glob);
      if (known === undefined) globs.set(glob, { matches: matcherOf(glob), names: [name] });
      else known.names.push(name);
    }
  }
  const byFolder = new Map<string, Glob[]>();
  for (const [glob, entry] of globs) push(byFolder, fixedFolder(glob), entry);
  return (file, folders) => {
    const matching = folders
      .flatMap((folder) => byFolder.get(folder) ?? [])
      .flatMap(({ matches, names }) => (matches(file) ? names : []));
    // Those that the defaults give hundreds of operators are asked once.
    const takenOut = new Map<readonly Rule[], boolean>();
    const isOut = (name: string): boolean => {
      const own = exceptions.get(name);
      if (own === undefined) return false;
      const out = takenOut.get(own) ?? own.findLast(({ matches }) => matches(file))?.out === true;
      takenOut.set(own, out);
      return out;
    };
    const inputs = [...(byInput.get(file) ?? []), ...folders.flatMap((folder) => byInput.get(folder) ?? [])];
    return { names: [...inputs, ...matching.filter((name) => !isOut(name))], isOut };
  };
}

/** "!hack/x" takes out; "!(a|b)/x" is a pattern of its own. */
function takesOut(glob: string): boolean {
  return /^!(?!\()/.test(glob);
}

function rulesFrom(watch: readonly string[]): readonly Rule[] {
  return watch.map((glob) => {
    const out = takesOut(glob);
    return { matches: matcherOf(out ? glob.slice(1) : glob), out };
  });
}

/** A dot that a name begins with is nothing special here, and node's globs know no option for that: none meets a dot. */
function matcherOf(glob: string): (file: string) => boolean {
  const undotted = glob.replace(/^(?:\.\/+)+/, '').replaceAll(keptDots, (_dot, kept?: string) => kept ?? noDot);
  return (file) => matchesGlob(file.replaceAll('.', noDot), undotted);
}

/** A character that no file has in its name. */
const noDot = '\0';
/** Dots that are no part of a name: of ranges such as `{1..3}`, and parts of a path that are `.` or `..`. */
const keptDots = /(\{-?\w+\.\.-?\w+(?:\.\.-?\w+)?\}|(?<![^/])\.{1,2}(?![^/]))|\./g;

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
