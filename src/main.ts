import * as core from '@actions/core';
import { tearDown } from './engine/cleanup.ts';
import type { Resource } from './engine/cleanup.ts';
import { problemsOf } from './engine/graph.ts';
import { readInputs } from './inputs.ts';
import { docs, exitWhenRead, toolVersion, watchSignals } from './lifetime.ts';
import { createActionsReporter } from './report/actions-reporter.ts';
import { createMask } from './report/mask.ts';
import type { Secret } from './report/mask.ts';
import { run } from './run.ts';
import { exec } from './tools/exec.ts';

const { signal } = watchSignals();
const start = performance.now();
const now = (): number => Math.round(performance.now() - start);
let resources: readonly Resource[] = [];

/** Secrets as the runner passes them, before anything about the inputs is known to be right. */
function secretsOf(env: NodeJS.ProcessEnv): Secret[] {
  const user = env['INPUT_REGISTRY-USERNAME'] ?? env['GITHUB_ACTOR'] ?? '';
  return ['INPUT_GITHUB-TOKEN', 'INPUT_REGISTRY-PASSWORD'].flatMap((name) => {
    const value = env[name]?.trim() ?? '';
    return value === '' ? [] : [{ value, user: user === '' ? 'operator-release' : user }];
  });
}

const secrets = secretsOf(process.env);
for (const { value } of secrets) core.setSecret(value);
const reporter = createActionsReporter({
  core,
  write: (text) => process.stdout.write(text),
  env: process.env,
  now,
  mask: createMask(secrets),
  toolVersion,
  docs,
});

try {
  const inputs = readInputs(process.env);
  const saveResources = (list: readonly Resource[]): void => {
    resources = [...list];
    core.saveState('resources', JSON.stringify(list));
  };
  await run({ inputs, env: process.env, reporter, signal, now, saveResources });
} catch (thrown) {
  await reporter.fail(problemsOf(thrown));
}
if (signal.aborted) {
  // The runner may kill this process before it comes to post; what is gone by then post does not find.
  await tearDown(resources, exec, reporter.log);
  process.exitCode = 1;
}
await exitWhenRead();
