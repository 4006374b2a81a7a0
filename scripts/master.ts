import { parseArgs } from 'node:util';
import { nameOfCase } from '../__tests__/master/case.ts';
import { allCases } from '../__tests__/master/cases.ts';
import { runCases } from '../__tests__/master/pool.ts';

/**
 * The master test as a whole: every request of a release with every fault, and a kill at every request.
 * `--only <regular expression>` runs the cases whose names match it, `--logs` shows what the runs of bad ones wrote.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    workers: { type: 'string', default: '2' },
    logs: { type: 'boolean' },
  },
});
const only = new RegExp(values.only);
const results = await runCases(
  Number(values.workers),
  ({ requests }) => allCases(requests).filter((each) => only.test(nameOfCase(each))),
  (result, done, of) => {
    const good = result.wrong.length === 0;
    console.log(
      `${done}/${of} ${good ? '✓' : '✗'} ${nameOfCase(result.case)} → ${result.outcome}, then ${result.writes} writes`,
    );
    for (const wrong of result.wrong) console.log(`    ${wrong}`);
    if (!good && values.logs === true) console.log(result.logs.join('\n--- again\n'));
  },
);
const bad = results.filter(({ wrong }) => wrong.length > 0);
console.log(`${results.length - bad.length} of ${results.length} good`);
process.exitCode = bad.length > 0 ? 1 : 0;
