import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runTests } from '../../src/cluster/tests.ts';
import type { Kubectl } from '../../src/cluster/kubectl.ts';
import { BufferLog } from '../../src/log.ts';
import type { StageContext } from '../../src/stages/types.ts';
import { exec } from '../../src/tools/exec.ts';

const cluster = { name: 'c1', kubeconfig: '/tmp/none', kubernetes: 'v1.34.0' };

/** e2e after the deployment, of an operator without an image. */
function context(run: readonly string[] | null, log: BufferLog): StageContext<'e2e'> {
  const folder = mkdtempSync(join(tmpdir(), 'operator-release-e2e-'));
  return {
    operator: { image: null },
    ports: { env: process.env },
    artifacts: { cluster },
    folder,
    root: folder,
    log,
    progress: () => undefined,
    tool: () => Promise.resolve('/opt/kind/kind'),
    run: (tool: string, args: readonly string[], given = {}) => exec(tool, args, { cwd: folder, log, ...given }),
    task: {
      stage: 'e2e',
      commands: { run, before: [], after: [], env: { MINE: 'yes' } },
      tests: { kind: 'make', target: 'no-such-target' },
      namespace: 'it-system',
    },
  } as unknown as StageContext<'e2e'>;
}

describe('e2e.run', () => {
  const shown = 'echo "$MINE $KUBECONFIG $KIND_CLUSTER $NAMESPACE $KIND"';

  it('takes the place of the tests, with what they find in their environment', async () => {
    const log = new BufferLog();
    expect(await runTests(context([shown, 'true'], log), cluster, {} as Kubectl)).toBe('2 commands of e2e.run');
    expect(log.lines).toContain('yes /tmp/none c1 it-system /opt/kind/kind');
  });

  it('fails with the command that fails', async () => {
    const running = runTests(context(['exit 3'], new BufferLog()), cluster, {} as Kubectl);
    await expect(running).rejects.toMatchObject({
      code: 'OR-STAGE-COMMAND',
      message: expect.stringContaining('e2e.run') as string,
    });
  });

  it('leaves the tests where there is none', async () => {
    const running = runTests(context(null, new BufferLog()), cluster, {} as Kubectl);
    await expect(running).rejects.toMatchObject({ code: 'OR-E2E-TESTS' });
  });
});

describe('go test', () => {
  /** Its arguments, of a stage whose limit is 90 minutes, some of which are gone. */
  async function asked(minutesLeft: number, goflags = ''): Promise<string> {
    const calls: string[] = [];
    const before = context(null, new BufferLog());
    const running = runTests(
      {
        ...before,
        deadline: Date.now() + minutesLeft * 60_000,
        task: { ...before.task, timeoutMs: 90 * 60_000, tests: { kind: 'go', package: './e2e/...' } },
        run: (_: string, args: readonly string[]) => {
          calls.push(args.join(' '));
          return Promise.resolve({ exitCode: 0, stdout: args[0] === 'env' ? goflags : '', stderr: '' });
        },
      },
      cluster,
      {} as Kubectl,
    );
    await running;
    return calls.at(-1) ?? '';
  }

  it('has what is left of the time of the stage', async () => {
    const [, seconds] = /^test -json -tags=e2e -count=1 -timeout=(\d+)s \.\/e2e\/\.\.\.$/.exec(await asked(80)) ?? [];
    expect(Number(seconds)).toBeGreaterThan(77 * 60);
    expect(Number(seconds)).toBeLessThanOrEqual(78 * 60);
    expect(await asked(0)).toContain(' -timeout=1s ');
  });

  it('has the limit of GOFLAGS where there is one', async () => {
    expect(await asked(80, '-timeout=2h\n')).toBe('test -json -tags=e2e -count=1 ./e2e/...');
  });
});
