import { helpText, inputsFromArgs } from './args.ts';
import type { Arguments } from './args.ts';
import { tearDown } from './engine/cleanup.ts';
import type { Resource } from './engine/cleanup.ts';
import { problemsOf } from './engine/graph.ts';
import { docs, exitWhenRead, outliveReaders, toolVersion, watchSignals } from './lifetime.ts';
import { useProxy } from './net/proxy.ts';
import { createMask } from './report/mask.ts';
import { renderOutputs } from './report/outputs.ts';
import { createTerminalReporter } from './report/terminal-reporter.ts';
import { run } from './run.ts';
import type { Ran } from './run.ts';
import { secretsOfArgs, withhold } from './secrets.ts';
import { exec } from './tools/exec.ts';

useProxy(process.env);
const { signal } = watchSignals();
outliveReaders();
const start = performance.now();
const now = (): number => Math.round(performance.now() - start);
let resources: readonly Resource[] = [];

const secrets = secretsOfArgs(process.argv.slice(2), process.env);
const mask = createMask(secrets);
const whole = withhold(process.env, secrets);
const reporter = createTerminalReporter({
  // Standard output is for JSON, so that it can be piped.
  stream: process.stderr,
  env: whole,
  now,
  mask,
  toolVersion,
  docs,
  debug: process.argv.includes('--debug'),
});

async function main(given: Arguments): Promise<number> {
  if (given.command === 'help') {
    process.stdout.write(`${helpText()}\n`);
    return 0;
  }
  const saveResources = (list: readonly Resource[]): void => {
    resources = [...list];
  };
  const env = given.event === undefined ? whole : { ...whole, GITHUB_EVENT_PATH: given.event };
  const ran = await run({ inputs: given.inputs, env, reporter, signal, now, saveResources });
  if (given.json) process.stdout.write(`${mask(jsonOf(given, ran))}\n`);
  return ran.every(isGood) ? 0 : 1;
}

function isGood({ result }: Ran): boolean {
  return result?.outcomes.every(({ state }) => state === 'done' || state === 'skipped') !== false;
}

/** The plan for the mode plan, the action's outputs for a run; a list of those for reconcile. */
function jsonOf({ inputs }: Arguments, ran: readonly Ran[]): string {
  const each = ran.map(({ plan, result }) => (result === null ? plan : renderOutputs(plan, result)));
  return JSON.stringify(inputs.mode === 'reconcile' ? each : each[0], null, 2);
}

try {
  process.exitCode = await main(inputsFromArgs(process.argv.slice(2), whole));
} catch (thrown) {
  await reporter.fail(problemsOf(thrown));
  process.exitCode = 1;
}
await tearDown(resources, exec, reporter.log);
if (signal.aborted) process.exitCode = 130;
await exitWhenRead();
