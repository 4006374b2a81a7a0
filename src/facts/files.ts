/** The tracked files of a repository, sorted, with the look-ups that discovery needs; each in O(log n) beside its result. */
export class FileSet {
  readonly #sorted: readonly string[];
  readonly #set: ReadonlySet<string>;
  readonly #byName = new Map<string, string[]>();

  constructor(files: readonly string[]) {
    this.#sorted = [...files].sort(byCodeUnit);
    this.#set = new Set(files);
    for (const file of this.#sorted) {
      const name = file.slice(file.lastIndexOf('/') + 1);
      const known = this.#byName.get(name);
      if (known === undefined) this.#byName.set(name, [file]);
      else known.push(file);
    }
  }

  has(file: string): boolean {
    return this.#set.has(file);
  }

  /** Files with this name in any folder. */
  named(name: string): readonly string[] {
    return this.#byName.get(name) ?? [];
  }

  /** Files below a folder, however deep. */
  under(folder: string): readonly string[] {
    if (folder === '.' || folder === '') return this.#sorted;
    const prefix = `${folder}/`;
    const start = this.#lowerBound(prefix);
    let end = start;
    while (this.#sorted[end]?.startsWith(prefix) === true) end++;
    return this.#sorted.slice(start, end);
  }

  #lowerBound(value: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byCodeUnit(this.#sorted[middle] ?? '', value) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
