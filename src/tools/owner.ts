import { readFile, readlink } from 'node:fs/promises';

/**
 * Who has something on this machine: `<process id>.<start>.<namespace>`. An id is given again after a while, and means
 * another process in a container. Without /proc (macOS) the last two are empty.
 */
export async function ownerOf(pid: number): Promise<string> {
  return `${pid}.${(await startOf(pid)) ?? ''}.${await namespaceOfThis()}`;
}

/** Whether an owner still runs; null for one in a container, or on its host, who cannot be looked up from here. */
export async function isAlive(owner: string): Promise<boolean | null> {
  const [pid = '', start = '', namespace = ''] = owner.split('.');
  if (!/^\d+$/.test(pid) || namespace !== (await namespaceOfThis())) return null;
  if (start !== '') return (await startOf(Number(pid))) === start;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

async function namespaceOfThis(): Promise<string> {
  return (await readlink('/proc/self/ns/pid').catch(() => '')).replace(/\D/g, '');
}

/** When a process started, in ticks since the machine did (proc(5), /proc/pid/stat, field 22); null when there is none. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The program's name, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[19] ?? null;
}
