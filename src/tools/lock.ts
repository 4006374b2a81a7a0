import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, ownerOf } from './owner.ts';

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

async function isGone(file: string): Promise<boolean> {
  const alive = await isAlive(path.basename(file));
  if (alive !== null) return !alive;
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs > unknownMs;
}
