import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TaskSpec } from '../../src/plan/types.ts';
import { codes, repository, runTask } from '../checks/bench.ts';
import { requires } from '../helpers/lab.ts';

const helm = requires('helm');
const golangciLint = requires('golangci-lint');

/** `wrong.go` is wrong always, `hidden.go` only with a build tag. */
const module = repository({
  'go.mod': 'module example.com/it\n\ngo 1.25\n',
  'wrong.go': 'package it\n\nimport "fmt"\n\nfunc Wrong() {\n\tfmt.Printf("%d\\n", "x")\n}\n',
  'hidden.go': '//go:build hidden\n\npackage it\n\nimport "fmt"\n\nfunc Hidden() {\n\tfmt.Printf("%d\\n", "y")\n}\n',
  '.golangci.yml': 'version: "2"\n',
  'chart/Chart.yaml': 'apiVersion: v2\nname: it\nversion: 0.1.0\n',
  'chart/values.yaml': '{}\n',
  'chart/templates/a.yaml': 'a: {{ .Values.missing.deep }}\n',
});

const off: Extract<TaskSpec, { stage: 'lint' }> = {
  stage: 'lint',
  golangci: false,
  golangciVersion: null,
  vet: false,
  chart: null,
  dockerfile: null,
};

describe('lint', { timeout: 120_000 }, () => {
  afterEach(() => vi.unstubAllEnvs());

  it('runs go vet alone', async () => {
    const ran = await runTask(module, { ...off, vet: true });
    expect(codes(ran)).toEqual(['OR-LINT']);
    expect(ran.findings).toEqual([
      expect.objectContaining({
        title: 'go vet',
        at: expect.objectContaining({ file: 'wrong.go', line: 6 }) as object,
      }),
    ]);
  });

  it.skipIf(golangciLint.missing.length > 0)(`runs golangci-lint alone${golangciLint.note}`, async () => {
    const ran = await runTask(module, { ...off, golangci: true });
    expect(codes(ran)).toEqual(['OR-LINT']);
    expect(ran.findings.map(({ title, at }) => [title, at?.file])).toEqual([['govet', 'wrong.go']]);
  });

  it.skipIf(helm.missing.length > 0)(`runs helm lint alone${helm.note}`, async () => {
    const ran = await runTask(module, { ...off, chart: 'chart' });
    expect(codes(ran)).toEqual(['OR-LINT']);
    expect(ran.findings).toEqual([
      expect.objectContaining({
        title: 'helm lint',
        message: expect.stringContaining('nil pointer evaluating interface {}.deep') as string,
        at: expect.objectContaining({ file: 'chart/templates/a.yaml', line: 1 }) as object,
      }),
    ]);
    expect(ran.problems?.[0]?.excerpt).toContain('nil pointer evaluating interface {}.deep');
  });

  it('tells a finding once: its annotation is that of the finding', async () => {
    const ran = await runTask(module, { ...off, vet: true });
    expect(ran.problems?.[0]?.at).toBeUndefined();
    expect(ran.problems?.[0]?.excerpt).toContain('wrong.go:6:');
  });

  it.skipIf(golangciLint.missing.length > 0)(`keeps an analysis per checkout${golangciLint.note}`, async () => {
    // A folder that the machine is set to comes before ours.
    vi.stubEnv('GOLANGCI_LINT_CACHE', undefined);
    const home = repository({ keep: '' });
    const env = { HOME: process.env.HOME ?? '', XDG_CACHE_HOME: home };
    await runTask(module, { ...off, golangci: true }, { env });
    expect(readdirSync(join(home, 'golangci-lint/checkouts'))).toHaveLength(1);
  });

  it('gives its tools the environment of the configuration', async () => {
    const ran = await runTask(module, { ...off, vet: true }, { commands: { env: { GOFLAGS: '-tags=hidden' } } });
    expect(ran.findings.map(({ at }) => at?.file).sort()).toEqual(['hidden.go', 'wrong.go']);
  });

  it('is replaced by commands', async () => {
    const ran = await runTask(module, { ...off, vet: true }, { commands: { run: ['test -f go.mod && echo mine'] } });
    expect(ran.problems).toBeNull();
    expect(ran.log).toContain('\nmine');
  });
});

/** Programs that tell a version and lint nothing: two real ones are not on one machine. */
function golangci(version: string): string {
  return [
    '#!/bin/sh',
    `if [ "$1" = version ]; then echo "golangci-lint has version ${version} built with go1.26"`,
    `else echo '{"Issues":[{"FromLinter":"by ${version}","Text":"t","Pos":{"Filename":"a.go","Line":1,"Column":1}}]}'; exit 1; fi\n`,
  ].join('\n');
}

describe('the version of golangci-lint', () => {
  const programs = repository({ 'a/golangci-lint': golangci('2.1.0'), 'b/golangci-lint': golangci('2.5.0') });
  const env = {
    PATH: [join(programs, 'a'), join(programs, 'b'), process.env.PATH].join(':'),
    RUNNER_TOOL_CACHE: join(programs, 'cache'),
  };

  it.each([
    [null, 'by 2.1.0'],
    ['2.5.0', 'by 2.5.0'],
    ['v2.1.0', 'by 2.1.0'],
  ])('%s is %s', async (golangciVersion, title) => {
    const ran = await runTask(module, { ...off, golangci: true, golangciVersion }, { env });
    expect(ran.findings.map((finding) => finding.title)).toEqual([title]);
  });

  it('is refused when it is not supported', async () => {
    const ran = await runTask(module, { ...off, golangci: true, golangciVersion: '1.64.8' }, { env });
    expect(codes(ran)).toEqual(['OR-TOOL-VERSION']);
  });
});
