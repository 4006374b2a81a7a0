import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 100;
/** A lock whose owner cannot be looked up, because it runs in a container, holds so long. */
const unknownMs = 2 * 60_000;

/**
 * Does `work` while no other process does any under the same lock of `folder`, which is created. A lock whose owner is
 * gone, killed for one, is taken over at once.
 *
 * The lock is a folder that holds one file, named after its owner. A folder is renamed onto it in one step and only when
 * it is empty or not there; a dead owner's file is removed by its very name, so that no one can take a lock away from
 * another who has just taken it over.
 */
export async function locked(folder: string, work: () => Promise<void>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = path.join(folder, 'lock');
  const owner = `${await ownerOf(process.pid)}.${randomUUID()}`;
  while (!(await tryTake(lock, owner))) {
    for (const name of await readdir(lock).catch(() => [])) {
      if (await isGone(path.join(lock, name))) await unlink(path.join(lock, name)).catch(() => undefined);
      else await delay(pollMs);
    }
  }
  try {
    await work();
  } finally {
    await unlink(path.join(lock, owner)).catch(() => undefined);
    // Another one may have it already.
    await rmdir(lock).catch(() => undefined);
  }
}

async function tryTake(lock: string, owner: string): Promise<boolean> {
  const mine = `${lock}.${randomUUID()}`;
  await mkdir(mine);
  await writeFile(path.join(mine, owner), '');
  try {
    await rename(mine, lock);
    return true;
  } catch (error) {
    await rm(mine, { recursive: true, force: true });
    if (error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST'))
      return false;
    throw error;
  }
}

/**
 * `<process id>.<start>.<namespace>`: an id is given again after a while, and means another process in a container.
 * Without /proc (macOS) the last two are empty.
 */
export async function ownerOf(pid: number): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${pid}.${(await startOf(pid)) ?? ''}.${namespace.replace(/\D/g, '')}`;
}

async function isGone(file: string): Promise<boolean> {
  const [pid = '', start = '', namespace = ''] = path.basename(file).split('.');
  const [, , ours] = (await ownerOf(process.pid)).split('.');
  if (namespace !== ours || !/^\d+$/.test(pid)) {
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
    return Date.now() - mtimeMs > unknownMs;
  }
  if (start !== '') return (await startOf(Number(pid))) !== start;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** When a process started, in ticks since the machine did (proc(5), /proc/pid/stat, field 22); null when there is none. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The program's name, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[19] ?? null;
}
