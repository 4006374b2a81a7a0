import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputNames } from '../../src/report/outputs.ts';
import { commandsIn } from './runner.ts';
import type { RunnerCommand } from './runner.ts';
import { chartDigest, digest } from './samples.ts';

interface Step {
  readonly exitCode: number;
  readonly log: string;
  readonly commands: readonly RunnerCommand[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly artifacts: string;
}

const files = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_ARTIFACTS'] as const;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'step-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the step with the real @actions/core and the runner's files; `given` may take files away. */
async function step(scenario: string, given: Partial<Record<string, string>> = {}): Promise<Step> {
  const env: Record<string, string> = { PATH: process.env['PATH'] ?? '' };
  for (const name of files) {
    env[name] = join(folder, `${scenario}-${name}-${Math.random()}`);
    await writeFile(env[name], '');
  }
  const readOf = (name: (typeof files)[number]): Promise<string> => readFile(env[name] ?? '', 'utf8');
  const script = new URL('./step.ts', import.meta.url).pathname;
  const { exitCode, log } = await new Promise<{ exitCode: number; log: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [script, scenario],
      { env: { ...env, ...given } },
      (error, stdout, stderr) => {
        if (stderr !== '') throw new Error(stderr, { cause: error });
        resolve({ exitCode: child.exitCode ?? -1, log: stdout });
      },
    );
  });
  const [outputs, summary, artifacts] = await Promise.all(files.map(readOf));
  return {
    exitCode,
    log,
    commands: commandsIn(log),
    outputs: outputsIn(outputs ?? ''),
    summary: summary ?? '',
    artifacts: artifacts ?? '',
  };
}

/** The last value of each `name<<delimiter`, as the runner reads `$GITHUB_OUTPUT`. */
function outputsIn(file: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [, name, , value] of file.matchAll(/^(.+)<<(ghadelimiter_.+)\n([^]*?)\n?\2$/gm))
    outputs[name ?? ''] = value ?? '';
  return outputs;
}

describe('a step', () => {
  it('that releases sets outputs, writes the summary and declares artifacts', async () => {
    const { exitCode, outputs, summary, artifacts, log, commands } = await step('good');
    expect(exitCode).toBe(0);
    expect(Object.keys(outputs).sort()).toEqual([...outputNames].sort());
    expect(outputs).toMatchObject({ version: '1.2.3', digest, 'chart-digest': chartDigest, 'release-id': '4711' });
    expect(summary).toMatch(/^### keystone 1\.2\.3 released/);
    expect(artifacts.split('\n')).toEqual([
      `oci://ghcr.io/octo/keystone-operator@${digest}`,
      `oci://ghcr.io/octo/charts/keystone-operator@${chartDigest}`,
      '',
    ]);
    expect(log).toMatch(/^\u001b\[1moperator-release 1\.0\.0 · tag keystone/);
    expect(new Set(commands.map(({ name }) => name))).toEqual(new Set(['group', 'endgroup']));
  });

  it('that releases several tags declares each repository once, and no two digests for one', async () => {
    const { exitCode, artifacts } = await step('reconcile');
    expect(exitCode).toBe(0);
    expect(artifacts.split('\n')).toEqual([
      `oci://ghcr.io/octo/keystone-operator@${digest}`,
      `oci://ghcr.io/octo/charts/keystone-operator@${chartDigest}`,
      `oci://ghcr.io/octo/nova-operator@${digest}`,
      `oci://ghcr.io/octo/charts/nova-operator@${chartDigest}`,
      '',
    ]);
  });

  it('that fails says so in one line, after the logs', async () => {
    const { exitCode, summary, commands, outputs, log } = await step('failing', { NO_COLOR: '1' });
    expect(exitCode).toBe(1);
    expect(commands.filter(({ name }) => name === 'error').map(({ data }) => data)).toEqual([
      expect.stringMatching(/^keystone e2e: deployment .* \(OR-E2E-ROLLOUT\) → the API group/),
    ]);
    expect(commands.at(-1)?.name).toBe('error');
    expect(summary).toMatch(/^### ✗ keystone e2e failed/);
    expect(outputs).toMatchObject({ tags: '', 'has-work': 'true' });
    expect(log).not.toContain('\u001b');
  });

  it('that only plans fills in what the plan knows', async () => {
    const { exitCode, outputs, summary, commands } = await step('plan');
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ 'has-work': 'true', results: '{}', version: '1.2.3' });
    expect(outputs['matrix']).toBe('{"include":[{"operator":"keystone","runner":"ubuntu-latest"}]}');
    expect(summary).toMatch(/^### Plan for keystone/);
    expect(commands).toEqual([]);
  });

  it('that cannot start has outputs all the same, and annotations at the places', async () => {
    const { exitCode, outputs, summary, commands } = await step('problem');
    expect(exitCode).toBe(1);
    expect(Object.keys(outputs).sort()).toEqual([...outputNames].sort());
    expect(outputs).toMatchObject({ 'has-work': 'false', operators: '[]' });
    expect(summary).toMatch(/^### ✗ Nothing was started: 2 problems/);
    expect(commands).toEqual([
      {
        name: 'error',
        properties: { file: 'a.yaml', line: '2', title: 'OR-CONFIG-KEY' },
        data: 'chrat: unknown key',
      },
      {
        name: 'error',
        properties: {},
        data: 'chrat: unknown key (OR-CONFIG-KEY) → did you mean chart?; and 1 more',
      },
    ]);
  });

  it('lets no data give commands, and shows no secret', async () => {
    const { commands, log, summary, outputs } = await step('hostile', { RUNNER_DEBUG: '1' });
    const names = commands.map(({ name }) => name).filter((name) => name !== 'group' && name !== 'endgroup');
    expect(names).toEqual(['error', 'warning', 'error']);
    expect(`${log}${summary}${JSON.stringify(outputs)}`).not.toMatch(/hunter\\*_22/);
    expect(summary).toContain('\\*\\*\\*');
    expect(outputs['digest']).toBe(digest);
  });

  it.each([
    ['good', 0],
    ['problem', 1],
  ])('without the files of the runner ends the same (%s)', async (scenario, exitCode) => {
    const given = (value: string): Record<string, string> => Object.fromEntries(files.map((name) => [name, value]));
    const [bare, broken] = await Promise.all([step(scenario, given('')), step(scenario, given('/nonexistent/file'))]);
    expect([bare.exitCode, broken.exitCode]).toEqual([exitCode, exitCode]);
    expect(bare.commands).toEqual(broken.commands);
    expect(bare.log).not.toContain('warning: ');
    expect(broken.log).toContain('warning: the outputs could not be written: ');
    expect(broken.log).toContain('warning: the summary could not be written: ');
  });
});
