import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { format, resolveConfig } from 'prettier';
import { moreRaceRows, raceRows } from './races.ts';
import { count, lines, putResult, table } from './report.ts';
import { singleRows } from './rows.ts';
import type { Row } from './rows.ts';
import { readSubject } from './subject.ts';
import type { Subject } from './subject.ts';
import { playRow } from './suite.ts';

/**
 * Plays the rows with an action and prints how each ended; exit code 1 when one is not as it must be.
 *   npm run conformance [-- --subject FILE] [--row NUMBER]... [--at-once NUMBER]
 * Without `--subject` and `--row` it is this action, and its result is written to docs/conformance.md.
 */
const own = join(import.meta.dirname, 'subjects/operator-release.yaml');
const theTable = [...singleRows, ...raceRows];
const all: readonly Row[] = [...theTable, ...moreRaceRows];

interface Order {
  readonly subject: Subject;
  /** From 1. */
  readonly wanted: readonly number[];
  readonly atOnce: number;
  /** The result is for the documentation. */
  readonly whole: boolean;
}

function readOrder(): Order {
  const { values } = parseArgs({
    options: {
      subject: { type: 'string', default: own },
      row: { type: 'string', multiple: true },
      'at-once': { type: 'string', default: '2' },
    },
  });
  const wanted = values.row?.map(Number) ?? all.map((_, at) => at + 1);
  const unknown = wanted.filter((number) => all[number - 1] === undefined);
  if (unknown.length > 0) throw new Error(`--row ${unknown.join(', ')}: there are rows 1 to ${all.length}`);
  const atOnce = Number(values['at-once']);
  if (!Number.isInteger(atOnce) || atOnce < 1) throw new Error(`--at-once ${values['at-once']}: a number from 1`);
  return {
    subject: readSubject(values.subject),
    wanted,
    atOnce,
    whole: values.subject === own && values.row === undefined,
  };
}

function readOrderOrEnd(): Order {
  try {
    return readOrder();
  } catch (error) {
    console.error(`conformance: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

const { subject, wanted, atOnce, whole } = readOrderOrEnd();
console.log(`${subject.name}: ${subject.main}`);
const limit = pLimit(atOnce);
const verdicts = await Promise.all(
  wanted.map((number) =>
    limit(async () => {
      const verdict = await playRow(subject, all[number - 1] as Row);
      console.log(lines(verdict, number));
      return verdict;
    }),
  ),
);
console.log(`${subject.name}: ${count(verdicts)} rows are as they must be`);
if (verdicts.some(({ findings }) => findings.length > 0)) process.exitCode = 1;

if (whole) {
  const [first, more] = [verdicts.slice(0, theTable.length), verdicts.slice(theTable.length)];
  const result = [
    `The table: ${count(first)}.`,
    table(first),
    `Beyond the table: ${count(more)}.`,
    table(more, theTable.length + 1),
  ].join('\n\n');
  const file = join(import.meta.dirname, '../../docs/conformance.md');
  const options = { ...(await resolveConfig(file)), parser: 'markdown' };
  writeFileSync(file, await format(putResult(readFileSync(file, 'utf8'), result), options));
}
