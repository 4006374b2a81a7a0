import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/errors.ts';
import { inWords } from '../../src/report/duration.ts';
import { subject } from './checkout.ts';
import { examineMachine } from './machine.ts';
import { readOptions, usage } from './options.ts';
import type { Options } from './options.ts';
import { release } from './release.ts';
import { createReport } from './report.ts';
import { startServices } from './services.ts';
import { openState } from './state.ts';
import { Stop } from './stop.ts';

const root = join(import.meta.dirname, '../..');
const start = performance.now();
const report = createReport(process.stdout, () => performance.now() - start);

const cancelled = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => cancelled.abort());
// Set where a hook of git runs the demo; they would turn every git of the demo to that hook's repository.
for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX'])
  Reflect.deleteProperty(process.env, name);

/** The whole demo. True when the release is out and was checked. Ends everything that it starts. */
async function demo(options: Options): Promise<boolean> {
  const dist = join(root, 'dist');
  await access(join(dist, 'main.js')).catch(() => {
    throw new Stop('dist/main.js is not there: npm run build');
  });
  report.step(`From the tag ${subject.tag} to a published release of examples/${subject.operator}`);
  const machine = await examineMachine(options.noDocker, process.env);
  report.line(
    machine.docker === null ? 'Without Docker.' : `With ${machine.docker}: image by buildx, tests on a kind cluster.`,
  );
  report.lines(machine.notDone);

  const state = await openState(options.state, options.fresh);
  const services = await startServices(state, report);
  const scratch = await mkdtemp(join(tmpdir(), 'operator-release-demo-'));
  let isGood = false;
  try {
    const place = { root, dist, scratch, signal: cancelled.signal, verbose: options.verbose };
    isGood = await release(place, machine, services, report);
    if (isGood && options.stay && !cancelled.signal.aborted) await stay();
  } finally {
    await services.stop();
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 }).catch((thrown: unknown) => {
      report.line(`could not remove ${scratch}: ${messageOf(thrown)}`);
    });
  }
  report.step(isGood ? '✓ Done' : cancelled.signal.aborted ? '✗ Cancelled' : '✗ Failed');
  report.line(
    `Took ${inWords(performance.now() - start)}. Registry and GitHub stand-in are stopped; what they hold is kept in ${options.state}.`,
  );
  report.lines(machine.notDone.map((what) => `Not done: ${what}`));
  if (isGood)
    report.line(
      'Next: npm run demo again finds everything there; -- --stay keeps it up to pull from; -- --fresh starts anew.',
    );
  return isGood;
}

async function stay(): Promise<void> {
  report.step('Registry and GitHub stand-in stay up until Ctrl-C');
  // A listener alone keeps no process alive.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise((settle) => cancelled.signal.addEventListener('abort', settle, { once: true }));
  clearInterval(alive);
}

try {
  const options = readOptions(process.argv.slice(2), root);
  if (options === null) console.log(usage);
  else if (!(await demo(options))) process.exitCode = 1;
} catch (thrown) {
  console.error(thrown instanceof Stop ? `\n${thrown.message}` : thrown);
  process.exitCode = 1;
}
