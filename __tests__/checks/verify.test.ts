import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TaskSpec } from '../../src/plan/types.ts';
import { codes, repository, runTask } from './bench.ts';

const files = { 'go.mod': 'module example.com/it\n\ngo 1.25\n', 'a.go': 'package it\n', 'made.txt': 'one\n' };
const root = repository(files);
const untidy = repository({ ...files, 'go.mod': `${files['go.mod']}\nrequire example.com/unused v1.0.0\n` });
const spec = (tidy: boolean, ...generate: string[]): TaskSpec => ({
  stage: 'verify',
  tidy,
  generate,
  api: null,
});

describe('verify', () => {
  it('checks what it is told to', async () => {
    expect(await runTask(root, spec(true))).toMatchObject({ problems: null, note: 'go.mod tidy' });
    expect(codes(await runTask(untidy, spec(true)))).toEqual(['OR-VERIFY-TIDY']);
    expect(await runTask(untidy, spec(false, 'true'))).toMatchObject({ problems: null, note: 'generated files fresh' });
  });

  it('names the go.mod of the module, which may begin above the operator', async () => {
    const shared = repository({
      'ops/go.mod': `${files['go.mod']}\nrequire example.com/unused v1.0.0\n`,
      'ops/a/a.go': 'package a\n',
    });
    for (const path of ['ops', 'ops/a']) {
      const ran = await runTask(shared, spec(true), { path });
      expect(ran.problems?.[0], path).toMatchObject({ code: 'OR-VERIFY-TIDY', at: { file: 'ops/go.mod' } });
    }
  });

  it('runs the commands that generate, in order, on a copy', async () => {
    const fresh = await runTask(root, spec(true, 'echo one > made.txt', 'grep -q one made.txt'));
    expect(fresh).toMatchObject({ problems: null, note: 'go.mod tidy, generated files fresh' });
    const stale = await runTask(root, spec(false, 'echo two > made.txt', 'touch new.txt'));
    expect(stale.problems?.[0]).toMatchObject({
      code: 'OR-VERIFY-STALE',
      message: 'generated files are not fresh: made.txt, new.txt',
      hint: 'run "echo two > made.txt && touch new.txt" and commit the result',
    });
    expect(existsSync(join(root, 'new.txt'))).toBe(false);
  });

  it('stops at the first command that fails, pipes included', async () => {
    const ran = await runTask(root, spec(false, 'false | cat', 'touch new.txt'));
    expect(ran.problems?.[0]).toMatchObject({ code: 'OR-VERIFY-GENERATE', message: 'false | cat failed' });
  });

  it('gives them the environment of the configuration', async () => {
    const env = { MADE: 'three' };
    const ran = await runTask(root, spec(false, 'echo "$MADE" > made.txt'), { commands: { env } });
    expect(ran.problems?.[0]?.excerpt).toContain('+three');
  });
});
