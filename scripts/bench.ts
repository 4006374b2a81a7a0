import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { benchEngine } from './bench/engine.ts';
import { benchFull } from './bench/full.ts';
import { benchPlans } from './bench/plan.ts';
import { benchPromote } from './bench/promote.ts';
import { markdown, verdicts } from './bench/report.ts';
import { benchRun } from './bench/run.ts';
import { benchStart } from './bench/start.ts';

const usage = `npm run bench -- [options]

Measures the shipped bundle, prints the result and writes it to docs/bench.md.

  --full        also the whole pipeline of the example: takes minutes, Docker and kind
  --dist DIR    measure another bundle
  --no-write    leave docs/bench.md as it is
  --help        this text`;

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    dist: { type: 'string', default: join(root, 'dist') },
    'no-write': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** A time that is missed is shown; what does not depend on the machine's other work ends the bench with exit code 1. */
async function main(): Promise<number> {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const cli = join(resolve(values.dist), 'cli.js');
  const say = (line: string): void => console.error(`… ${line}`);
  say('start of the bundle');
  const start = await benchStart(cli);
  const engine = await benchEngine();
  say('promotion');
  const promote = await benchPromote(say);
  say('a run of two stages');
  const run = await benchRun(root, cli, say);
  const plans = await benchPlans(cli, say);
  if (values.full) say('the whole pipeline');
  const full = values.full ? await benchFull(root, cli, say) : null;
  const results = { plans, start, engine, run, full, promote };
  const file = join(root, 'docs/bench.md');
  const options = { ...(await resolveConfig(file)), parser: 'markdown' };
  const text = await format(markdown(results), options);
  console.log(text);
  if (!values['no-write']) await writeFile(file, text);
  return verdicts(results).every(({ ok, isTime }) => ok || isTime) ? 0 : 1;
}

process.exitCode = await main();
