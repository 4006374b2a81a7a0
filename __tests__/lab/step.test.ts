import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStep } from './step.ts';
import type { StepResult } from './step.ts';

/** An action that does all that it must not do. */
const main = `
import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
const { env } = process;
console.log('said ' + env['INPUT_SOME-TOKEN']);
appendFileSync(env.GITHUB_STATE, 'kept<<E\\none\\ntwo\\nE\\n');
appendFileSync(env.GITHUB_OUTPUT, 'colour=red\\n');
appendFileSync(env.GITHUB_STEP_SUMMARY, '# done\\n');
writeFileSync(env.RUNNER_TEMP + '/left', '');
writeFileSync(env['INPUT_SOME-TOKEN'], '');
spawn('tail', ['-f', '/dev/null', '--', env['INPUT_SOME-TOKEN']], { detached: true, stdio: 'inherit' }).unref();
setTimeout(() => process.exit(3), 1000);
`;
const post = `console.log('kept ' + JSON.stringify(process.env.STATE_kept));\n`;

describe('the runner of these tests', () => {
  let folder: string;
  let result: StepResult;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lab-fake-'));
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'dist/main.js'), main);
    await writeFile(join(folder, 'dist/post.js'), post);
    result = await runStep({
      dist: join(folder, 'dist'),
      workspace: folder,
      event: {},
      inputs: { 'some-token': 'hunter2' },
      variables: {},
      secrets: ['hunter2'],
    });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('runs main, then post with its state', () => {
    expect(result).toMatchObject({ exitCode: 3, postCode: 0, summary: '# done\n' });
    expect(result.outputs.get('colour')).toBe('red');
    expect(result.postLog).toBe('kept "one\\ntwo"\n');
  });

  it('sees what is left behind, and what anybody can read', () => {
    expect(result.log).toContain('hunter2');
    expect(result.left).toEqual(['left']);
    expect(result.exposed).toEqual([expect.stringContaining('tail -f /dev/null -- hunter2')]);
    expect(result.programs).toEqual(new Set(['node', 'tail']));
    expect(result.orphans).toEqual([expect.stringContaining('tail -f /dev/null -- hunter2')]);
  });
});
