import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A case as it went, for the table. */
export interface Row {
  readonly name: string;
  readonly request: string;
  readonly row: string;
  readonly what: string;
  readonly outcome: string;
  readonly writes: number;
  readonly good: boolean;
}

/**
 * The results of one build, one line each, so that a run that was broken off goes on where it was. Another build starts with
 * an empty file.
 */
export class Results {
  readonly #file: string;
  readonly #rows = new Map<string, Row>();

  private constructor(file: string) {
    this.#file = file;
  }

  static async open(file: string, build: string): Promise<Results> {
    const results = new Results(file);
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    if (lines[0] === build) {
      for (const line of lines.slice(1)) results.#keep(JSON.parse(line) as Row);
    } else {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${build}\n`);
    }
    return results;
  }

  isGood(name: string): boolean {
    return this.#rows.get(name)?.good === true;
  }

  get(name: string): Row | undefined {
    return this.#rows.get(name);
  }

  async add(row: Row): Promise<void> {
    this.#keep(row);
    await appendFile(this.#file, `${JSON.stringify(row)}\n`);
  }

  #keep(row: Row): void {
    this.#rows.set(row.name, row);
  }
}

/** The shipped files by their content. */
export async function buildOf(dist: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['main.js', 'post.js', 'shared.js']) hash.update(await readFile(join(dist, file)));
  return hash.digest('hex');
}
