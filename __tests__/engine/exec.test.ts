import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Problem } from '../../src/errors.ts';
import { BufferLog } from '../../src/log.ts';
import { childEnvironment, exec, tail } from '../../src/tools/exec.ts';

const folder = mkdtempSync(join(tmpdir(), 'exec-'));
const sh = (script: string): readonly string[] => ['-c', script];

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof Problem) return thrown;
  throw new Error('no problem', { cause: thrown });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie has ended, though nobody has asked for its code yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('exec', () => {
  it('returns both outputs and the exit code', async () => {
    const result = await exec('sh', sh('echo out; echo err >&2; exit 7'), { allowFailure: true });
    expect(result).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  it('throws the end of the output for a failure: of stderr, or of stdout where stderr is empty', async () => {
    const noisy = await problemOf(exec('/bin/sh', sh('echo out; echo cause >&2; exit 3')));
    expect(noisy).toMatchObject({ code: 'OR-TOOL-FAILED', message: 'sh -c ended with exit code 3', excerpt: 'cause' });
    expect(await problemOf(exec('sh', sh('echo only; exit 1')))).toMatchObject({ excerpt: 'only' });
  });

  it('counts a program that a signal ended as failed', async () => {
    const { exitCode } = await exec('sh', sh('kill -9 $$'), { allowFailure: true });
    expect(exitCode).toBeGreaterThan(0);
  });

  it('hands over standard input, and survives a program that does not read it', async () => {
    expect((await exec('cat', [], { input: 'geheim\n' })).stdout).toBe('geheim\n');
    expect((await exec('true', [], { input: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  it('gives no input to a program that waits for some', async () => {
    expect((await exec('cat', [])).stdout).toBe('');
  });

  it('runs no shell: whatever an argument looks like stays text', async () => {
    const odd = [
      '$(touch hit)',
      '`touch hit`',
      '; touch hit',
      '&& touch hit',
      '| tee hit',
      '*',
      '~',
      "'",
      '"',
      'a b',
      '',
      'ü\n',
    ];
    const { stdout } = await exec('printf', ['%s\\0', ...odd], { cwd: folder });
    expect(stdout.split('\0').slice(0, -1)).toEqual(odd);
    expect(existsSync(join(folder, 'hit'))).toBe(false);
  });

  it('gives lines to the log as they come, also the last one without an end', async () => {
    const log = new BufferLog();
    const seen: string[] = [];
    await exec('printf', ['one\\r\\ntwo\\n\\nlast'], { log, onLine: (line) => seen.push(line) });
    expect(log.lines).toEqual(['one', 'two', '', 'last']);
    expect(seen).toEqual(log.lines);
  });

  it('does not tear characters that fall between two reads', async () => {
    const { stdout } = await exec('sh', sh("printf '\\303'; sleep 0.1; printf '\\274'"));
    expect(stdout).toBe('ü');
  });

  it('says which program is missing or may not be run', async () => {
    expect(await problemOf(exec('no-such-program', []))).toMatchObject({ code: 'OR-TOOL-MISSING' });
    const file = join(folder, 'plain');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 });
    const problem = await problemOf(exec(file, []));
    expect(problem.code).toBe('OR-TOOL-MISSING');
    expect(problem.message).toMatch(/^plain cannot be started/);
  });

  it('keeps the end of a huge output, and not all of it', async () => {
    const { stdout } = await exec('sh', sh('yes line | head -c 36000000; echo; echo END'));
    expect(stdout.length).toBeLessThan(34 * 1024 * 1024);
    expect(stdout.endsWith('\nEND\n')).toBe(true);
  });

  it('ends a program after its time, with what it said so far', async () => {
    const problem = await problemOf(exec('sh', sh('echo started; sleep 60'), { timeoutMs: 300 }));
    expect(problem).toMatchObject({
      code: 'OR-TOOL-TIMEOUT',
      message: 'sh did not end within 0.3 s',
      excerpt: 'started',
    });
  });
});

/** Lines that tell the ids of processes; those that are left when the test has ended are ended. */
function processes(): { readonly pids: number[]; readonly onLine: (line: string) => void } {
  const pids: number[] = [];
  onTestFinished(() => pids.filter(isAlive).forEach((pid) => process.kill(pid, 'SIGKILL')));
  return { pids, onLine: (line) => /^\d+$/.test(line) && pids.push(Number(line)) };
}

describe('exec, of a program that leaves one in the background', { timeout: 40_000 }, () => {
  it.each([
    ['in its group', 'sleep 60 & echo $!; echo started'],
    ['in a group of its own', 'setsid sleep 60 & echo $!; echo started'],
  ])('does not wait for it, and lets it live: %s', async (_where, script) => {
    const { pids, onLine } = processes();
    const log = new BufferLog();
    const start = Date.now();
    const result = await exec('sh', sh(script), { onLine, log, timeoutMs: 30_000 });
    expect(Date.now() - start).toBeLessThan(15_000);
    expect(result).toMatchObject({ exitCode: 0, stdout: `${pids[0]}\nstarted\n` });
    expect(pids.map(isAlive)).toEqual([true]);
    expect(log.lines.at(-1)).toBe('sh left a process in the background, whose output from here on is not shown');
  });

  it('does not count the wait as time of the program, and gives its exit code', async () => {
    const { onLine } = processes();
    const options = { onLine, timeoutMs: 700, allowFailure: true };
    expect(await exec('sh', sh('sleep 60 & echo $!; exit 7'), options)).toMatchObject({ exitCode: 7 });
  });

  it('neither shows nor breaks what that one writes later, however much', async () => {
    const { pids, onLine } = processes();
    const seen: string[] = [];
    const chatty = 'while :; do echo chatter; sleep 0.05; done';
    const running = exec('sh', sh(`(${chatty}) & echo $!`), {
      onLine: (line) => {
        onLine(line);
        seen.push(line);
      },
    });
    const { stdout } = await running;
    const count = seen.length;
    expect(stdout).toContain('chatter');
    await delay(1_000);
    expect(seen).toHaveLength(count);
    expect(pids.map(isAlive)).toEqual([true]);
  });

  it.each([
    ['its time is over', () => ({ timeoutMs: 500 }), 'sh did not end within 0.5 s'],
    ['the run is cancelled', () => ({ signal: AbortSignal.timeout(500) }), 'The operation was aborted due to timeout'],
  ])('does not wait for one that left the group, when %s', async (_when, options, message) => {
    const { onLine } = processes();
    const start = Date.now();
    const running = exec('sh', sh('setsid sleep 60 & echo $!; wait'), { onLine, ...options() });
    await expect(running).rejects.toThrow(message);
    expect(Date.now() - start).toBeLessThan(15_000);
  });

  it('gives the others of the group their time of grace, when it is cancelled', async () => {
    const { pids, onLine } = processes();
    const file = join(folder, 'tidied');
    const child = `trap 'sleep 2; touch ${file}; exit' TERM; while :; do sleep 0.1; done`;
    const running = exec('sh', sh(`(${child}) & echo $!; wait`), { onLine, timeoutMs: 500 });
    await expect(running).rejects.toThrow('did not end');
    expect(existsSync(file)).toBe(true);
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 2_000 });
  });

  it('still gives all of a large output that comes right before the end', async () => {
    const { onLine } = processes();
    const script = 'sleep 60 & echo $!; head -c 1048576 /dev/zero | tr "\\0" x; echo END';
    const { stdout } = await exec('sh', sh(script), { onLine });
    expect(stdout).toMatch(/^\d+\nx{1048576}END\n$/);
  });

  it('reads what is in the pipe first, where this process was busy', async () => {
    const { pids, onLine } = processes();
    const script = 'sleep 60 & echo $!; sleep 0.2; head -c 60000 /dev/zero | tr "\\0" x; echo END';
    const running = exec('sh', sh(script), { onLine });
    await vi.waitFor(() => expect(pids).toHaveLength(1), { timeout: 10_000, interval: 5 });
    const until = Date.now() + 7_000;
    while (Date.now() < until);
    expect((await running).stdout).toMatch(/x{60000}END\n$/);
  });
});

describe('exec, cancelled', () => {
  it('does not start when the signal is there already', async () => {
    const file = join(folder, 'never');
    const reason = new Error('stop');
    await expect(exec('touch', [file], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(existsSync(file)).toBe(false);
  });

  it('ends the children of the program too, and rejects with the reason', async () => {
    const pids: number[] = [];
    onTestFinished(() => pids.filter(isAlive).forEach((pid) => process.kill(pid, 'SIGKILL')));
    const cancel = new AbortController();
    const running = exec('sh', sh('sleep 60 & echo $!; echo $$; wait'), {
      signal: cancel.signal,
      onLine: (line) => pids.push(Number(line)),
    });
    const ended = expect(running).rejects.toThrow('cancel');
    await vi.waitFor(() => expect(pids).toHaveLength(2), { timeout: 5_000 });
    cancel.abort(new Error('cancel'));
    await ended;
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 2_000 });
  });

  it('kills what does not listen, within the time of grace', async () => {
    const pids: number[] = [];
    const cancel = new AbortController();
    const running = exec('sh', sh("trap '' TERM; echo $$; while :; do sleep 1; done"), {
      signal: cancel.signal,
      onLine: (line) => pids.push(Number(line)),
    });
    const ended = expect(running).rejects.toThrow('cancel');
    await vi.waitFor(() => expect(pids).toHaveLength(1), { timeout: 5_000 });
    const start = Date.now();
    cancel.abort(new Error('cancel'));
    await ended;
    expect(Date.now() - start).toBeLessThan(9_000);
    await delay(50);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

describe('childEnvironment', () => {
  it('drops what holds or mints secrets, and nothing else', () => {
    const secret = {
      'INPUT_GITHUB-TOKEN': 'x',
      INPUT_REGISTRY: 'x',
      STATE_resources: 'x',
      GITHUB_TOKEN: 'x',
      gh_token: 'x',
      ACTIONS_RUNTIME_TOKEN: 'x',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'x',
      ACTIONS_CACHE_URL: 'x',
      NPM_CONFIG_PASSWORD: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      COSIGN_PRIVATE_KEY: 'x',
      SOME_APIKEY: 'x',
      MY_API_KEY: 'x',
      GOOGLE_APPLICATION_CREDENTIALS: 'x',
    };
    const plain = {
      PATH: '/bin',
      HOME: '/home/ada',
      GITHUB_REPOSITORY: 'acme/ops',
      GOFLAGS: '-mod=mod',
      HTTPS_PROXY: 'http://p',
      CI: 'true',
    };
    expect(childEnvironment({ ...secret, ...plain, EMPTY: undefined })).toEqual(plain);
  });

  it('keeps what a caller adds on purpose', () => {
    expect(childEnvironment({}, { REGISTRY_TOKEN: 'y' })).toEqual({ REGISTRY_TOKEN: 'y' });
  });

  it('is what a child sees', async () => {
    vi.stubEnv('GITHUB_TOKEN', 'ghs_geheim');
    vi.stubEnv('INPUT_REGISTRY-PASSWORD', 'geheim');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { stdout } = await exec('env', [], { env: { ADDED: 'yes' } });
    expect(stdout).not.toContain('geheim');
    expect(stdout).toContain('ADDED=yes');
    expect(stdout).toContain('PATH=');
  });
});

describe('tail', () => {
  it('is the last lines', () => {
    expect(tail('a\nb\nc\n', 2)).toBe('b\nc');
    expect(tail('')).toBe('');
  });
});
