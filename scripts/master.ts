import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nameOfCase } from '../__tests__/master/case.ts';
import { allCases } from '../__tests__/master/cases.ts';
import { runCases } from '../__tests__/master/pool.ts';
import { nameOf } from '../__tests__/master/requests.ts';
import { buildOf, Results } from '../__tests__/master/results.ts';
import { shuffled } from '../__tests__/master/sample.ts';
import { faultTable } from '../__tests__/master/table.ts';

/**
 * The master test as a whole: every request of a release with every fault, and a kill at every request. Goes on where it was
 * broken off, and writes docs/faults.md in the end.
 *
 *     npm run master -- [--only <regular expression>] [--table] [--workers 2] [--logs]
 *
 * `--only` runs the cases whose names match, again, and writes no table. `--table` runs none and writes what is known of this
 * build. `--logs` shows what the runs of bad cases wrote.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    table: { type: 'boolean' },
    workers: { type: 'string', default: '2' },
    logs: { type: 'boolean' },
  },
});
const root = join(import.meta.dirname, '..');
const build = await buildOf(join(root, 'dist'));
const results = await Results.open(join(root, '.cache/master.jsonl'), build);
const only = values.only === undefined ? null : new RegExp(values.only);
let cases = allCases(results.requests ?? []);
// An exit ends the registries; a signal alone would leave them.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (values.table !== true) await run();

const rows = cases.flatMap((each) => results.get(nameOfCase(each)) ?? []);
const bad = rows.filter(({ good }) => !good);
console.log(`${rows.length - bad.length} of ${cases.length} good`);
for (const { name } of bad) console.log(`✗ ${name}`);
if (only === null) await writeFile(join(root, 'docs/faults.md'), faultTable(rows, cases.length));
process.exitCode = bad.length > 0 || (only === null && rows.length < cases.length) ? 1 : 0;

async function run(): Promise<void> {
  await runCases(
    Number(values.workers),
    async ({ requests }) => {
      cases = allCases(await results.keep(requests));
      const isChosen = (name: string): boolean => only?.test(name) ?? !results.isGood(name);
      const chosen = cases.filter((each) => isChosen(nameOfCase(each)));
      console.log(`${cases.length} cases at ${requests.length} requests, ${chosen.length} to run`);
      // By chance, so that one that is broken off has seen something of everything.
      return shuffled(chosen, 1);
    },
    async ({ case: each, outcome, writes, wrong, logs }, done, of) => {
      const good = wrong.length === 0;
      const { row, what } = each.fault;
      await results.add({ name: nameOfCase(each), request: nameOf(each.request), row, what, outcome, writes, good });
      console.log(`${done}/${of} ${good ? '✓' : '✗'} ${nameOfCase(each)} → ${outcome}, then ${writes} writes`);
      for (const line of wrong) console.log(`    ${line}`);
      if (!good && values.logs === true) console.log(logs.join('\n--- again\n'));
    },
  );
}
