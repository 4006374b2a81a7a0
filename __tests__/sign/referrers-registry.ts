import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const source = join(import.meta.dirname, 'referrers-registry');
const program = join(import.meta.dirname, '../../.cache/bin/referrers-registry');

/** Starts a registry that has the referrers API; built once from its Go module. */
export async function startReferrersRegistry(): Promise<{ readonly host: string; stop(): Promise<void> }> {
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(join(program, '..'), { recursive: true });
    await promisify(execFile)('go', ['build', '-o', program, '.'], {
      cwd: source,
      env: { ...process.env, GOWORK: 'off' },
    });
  }
  const child = spawn(program, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const [host] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    host,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
