import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Request } from './requests.ts';

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
 * The results of one build, so that a run that was broken off goes on where it was. Another build starts with an empty file.
 *
 * Lines: the build, the requests of an undisturbed release, and a result each. The requests of another release would differ
 * in the order of what runs side by side, and with it in which of the like are the first.
 */
export class Results {
  readonly #file: string;
  readonly #rows = new Map<string, Row>();
  /** Null before the first release of this build. */
  readonly requests: readonly Request[] | null;

  private constructor(file: string, [requests, ...rows]: readonly string[]) {
    this.#file = file;
    this.requests = requests === undefined ? null : (JSON.parse(requests) as readonly Request[]);
    for (const row of rows) this.#keep(JSON.parse(row) as Row);
  }

  static async open(file: string, build: string): Promise<Results> {
    const [of, ...lines] = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    if (of === build) return new Results(file, lines);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${build}\n`);
    return new Results(file, []);
  }

  /** The requests of which all cases are made from now on: those of the first release of this build. */
  async keep(requests: readonly Request[]): Promise<readonly Request[]> {
    if (this.requests !== null) return this.requests;
    await appendFile(this.#file, `${JSON.stringify(requests)}\n`);
    return requests;
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
