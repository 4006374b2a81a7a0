import * as core from '@actions/core';
import { tearDown } from './engine/cleanup.ts';
import type { Resource } from './engine/cleanup.ts';
import { problemsOf } from './engine/graph.ts';
import { readInputs } from './inputs.ts';
import { docs, exitWhenRead, toolVersion, watchSignals } from './lifetime.ts';
import { useProxy } from './net/proxy.ts';
import { createActionsReporter } from './report/actions-reporter.ts';
import { createMask } from './report/mask.ts';
import { run } from './run.ts';
import { secretsOfStep, withhold } from './secrets.ts';
import { exec } from './tools/exec.ts';

useProxy(process.env);
const { signal } = watchSignals();
const start = performance.now();
const now = (): number => Math.round(performance.now() - start);
let resources: readonly Resource[] = [];

const secrets = secretsOfStep(process.env);
for (const value of new Set(secrets.map((secret) => secret.value))) core.setSecret(value);
const env = withhold(process.env, secrets);
const reporter = createActionsReporter({
  core,
  write: (text) => process.stdout.write(text),
  env,
  now,
  mask: createMask(secrets),
  toolVersion,
  docs,
});

try {
  const inputs = readInputs(env);
  const saveResources = (list: readonly Resource[]): void => {
    resources = [...list];
    core.saveState('resources', JSON.stringify(list));
  };
  await run({ inputs, env, reporter, signal, now, saveResources });
} catch (thrown) {
  await reporter.fail(problemsOf(thrown));
}
if (signal.aborted) {
  // The runner may kill this process before it comes to post; what is gone by then post does not find.
  await tearDown(resources, exec, reporter.log);
  process.exitCode = 1;
}
await exitWhenRead();
