/** Lines kept of the begin, of the end, and between them from where a failure begins. */
const mostHead = 200;
const mostTail = 1500;
const mostTold = 1500;

const ruler = /^-{30,}$/;
/** Where a failure begins that more output may follow, with the lines that are worth keeping from there. */
const begins: readonly (readonly [RegExp, number])[] = [
  // A stack, or with a test that ran out of time the stacks of all goroutines.
  [/^(?:panic: |fatal error: |WARNING: DATA RACE)/, 500],
  // Ginkgo's head of a failed spec. What the spec logged may stand between it and what went wrong.
  [/^(?:\S* ?|\[\w+\] )\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\] \[/, 40],
  [/^Summarizing \d+ Failures?:$/, 500],
];

/** Ends what a failed spec logged; what went wrong follows. */
const timelineEnds = /^\s*<< Timeline$/;
const mostOfSpec = 60;

/** Stands for lines that are not kept. */
export const leftOut = /^… \d+ lines left out …$/m;

interface Line {
  readonly number: number;
  readonly text: string;
}

/**
 * What a test printed, bounded: a controller logs without end, and what went wrong stands last, or where a panic or a spec
 * of Ginkgo tells it. What is left out is counted where it stood.
 */
export class KeptOutput {
  readonly #head: Line[] = [];
  readonly #told: Line[] = [];
  #tail: Line[] = [];
  #count = 0;
  /** Lines still to be kept of a failure that has begun. */
  #open = 0;
  /** Of the failure that has begun the head is kept. */
  #isInTold = false;

  add(text: string): void {
    const line = { number: this.#count++, text };
    const bare = text.trimEnd();
    const length = this.#lengthFrom(bare);
    if (length > 0) {
      this.#open = Math.max(this.#open, length);
      // Specs are told apart by the line above them.
      const before = this.#tail.at(-1)?.number === line.number - 1 ? this.#tail.pop() : undefined;
      if (before !== undefined) this.#told.push(before);
    }
    if (this.#head.length < mostHead) this.#head.push(line);
    else if (this.#open > 0) this.#told.push(line);
    else this.#tail.push(line);
    this.#open = Math.max(0, this.#open - 1);
    if (ruler.test(bare)) {
      this.#open = 0;
      this.#isInTold = false;
    }
    if (this.#tail.length >= 2 * mostTail) this.#tail = this.#tail.slice(-mostTail);
  }

  /** How many lines from this one on tell of a failure. A spec is kept with its end or not at all. */
  #lengthFrom(line: string): number {
    if (timelineEnds.test(line)) {
      const isInTold = this.#isInTold;
      this.#isInTold = false;
      return isInTold ? mostOfSpec : 0;
    }
    const length = begins.find(([begin]) => begin.test(line))?.[1] ?? 0;
    if (length === 0 || this.#told.length >= mostTold) return 0;
    this.#isInTold = true;
    return length;
  }

  text(): string {
    const lines = [...this.#head, ...this.#told, ...this.#tail.slice(-mostTail)].sort((a, b) => a.number - b.number);
    let next = 0;
    let result = '';
    for (const { number, text } of lines) {
      if (number > next) result += `… ${number - next} lines left out …\n`;
      result += text;
      next = number + 1;
    }
    return result;
  }
}
