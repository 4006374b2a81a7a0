import type { Exec, ExecOptions, ExecResult } from '../tools/exec.ts';

/**
 * How many commits of HEAD each of some revisions lacks, by one walk over the whole history; null for what is no commit
 * of the clone, or shares no history with HEAD. The clone has to be complete.
 */
export async function countSinceEach(
  exec: Exec,
  root: string,
  bases: readonly string[],
): Promise<ReadonlyMap<string, number | null>> {
  const git = (args: readonly string[], input: readonly string[], options: ExecOptions = {}): Promise<ExecResult> =>
    exec('git', ['-C', root, ...args], { ...options, allowFailure: true, input: `${input.join('\n')}\n` });
  const names = ['HEAD', ...bases].map((base) => `${base}^{commit}`);
  const told = await git(['cat-file', '--batch-check=%(objectname)'], names);
  const [head, ...found] = told.stdout.split('\n').map((line) => (line.endsWith(' missing') ? null : line));
  const tally = new Tally(
    head ?? '',
    found.slice(0, bases.length).flatMap((commit) => commit ?? []),
  );
  // Warnings come as lines too; they name no commit, so that they count for nothing.
  const walk = await git(['rev-list', '--parents', '--topo-order', '--stdin'], tally.tips, {
    onLine: (line) => tally.add(line),
  });
  const missing = walk.exitCode === 0 ? tally.missing() : new Map<string, number>();
  return new Map(bases.map((base, index) => [base, missing.get(found[index] ?? '') ?? null]));
}

/** The tips that reach a commit, as bits, and how many commits are reached by just these. */
interface Reach {
  readonly bits: Uint32Array;
  commits: number;
}

/**
 * Counts while a history goes by, children first. What reaches a commit reaches its parents too, so that nothing but the
 * edge of what was seen so far has to be kept; along a line of commits all share one set of bits.
 */
class Tally {
  /** HEAD, then the others, each once. */
  readonly tips: readonly string[];
  readonly #bitOf: ReadonlyMap<string, number>;
  readonly #none: Reach;
  readonly #reaches: Reach[] = [];
  readonly #edge = new Map<string, Reach>();

  constructor(head: string, others: readonly string[]) {
    this.tips = [...new Set([head, ...others])];
    this.#bitOf = new Map(this.tips.map((tip, bit) => [tip, bit]));
    this.#none = { bits: new Uint32Array((this.tips.length + 31) >> 5), commits: 0 };
  }

  /** A line of `git rev-list --parents --topo-order`: a commit and its parents. */
  add(line: string): void {
    const [commit = '', ...parents] = line.split(' ');
    const reach = this.#withTip(this.#edge.get(commit) ?? this.#none, this.#bitOf.get(commit));
    this.#edge.delete(commit);
    reach.commits++;
    for (const parent of parents) {
      const known = this.#edge.get(parent);
      this.#edge.set(parent, known === undefined ? reach : this.#union(known, reach));
    }
  }

  /** By tip, the commits that HEAD reaches and it does not; tips that share none with HEAD are left out. */
  missing(): ReadonlyMap<string, number> {
    const ofHead = this.#reaches.filter(({ bits }) => has(bits, 0));
    const total = ofHead.reduce((sum, { commits }) => sum + commits, 0);
    const counts = this.tips.map((tip, bit): [string, number] => [
      tip,
      ofHead.reduce((sum, { bits, commits }) => (has(bits, bit) ? sum - commits : sum), total),
    ]);
    return new Map(counts.filter(([, missing]) => missing < total));
  }

  #withTip(reach: Reach, bit: number | undefined): Reach {
    if (bit === undefined || has(reach.bits, bit)) return reach;
    const bits = Uint32Array.from(reach.bits);
    bits[bit >> 5] = (bits[bit >> 5] ?? 0) | (1 << (bit & 31));
    return this.#keep(bits);
  }

  #union(left: Reach, right: Reach): Reach {
    if (left === right) return left;
    const bits = left.bits.map((word, index) => word | (right.bits[index] ?? 0));
    const isSame = (reach: Reach): boolean => reach.bits.every((word, index) => word === bits[index]);
    return isSame(left) ? left : isSame(right) ? right : this.#keep(bits);
  }

  #keep(bits: Uint32Array): Reach {
    const reach = { bits, commits: 0 };
    this.#reaches.push(reach);
    return reach;
  }
}

function has(bits: Uint32Array, bit: number): boolean {
  return ((bits[bit >> 5] ?? 0) & (1 << (bit & 31))) !== 0;
}
