import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/** Silence after its end that tells that nothing more of a program's own output is to come. */
const quietMs = 1_000;
/** What a program has left behind may write without a pause. */
const mostMs = 5_000;

export interface ChildEnd {
  readonly exitCode: number;
  /** Something that it started goes on and holds its outputs. */
  readonly left: boolean;
}

/**
 * Waits for the end of a child and for all of its output, though not for what it left in the background: `kubectl
 * port-forward … &` holds the pipes for as long as it runs. Such a process goes on, as it does after a step of a workflow,
 * and its output is still read, since a closed pipe would end it; it neither reaches the listeners nor keeps this process up.
 * While `isStopping` says so, processes of the child's group are waited for: they are being ended.
 */
export async function endOf(child: ChildProcess, isStopping: () => boolean): Promise<ChildEnd> {
  const outputs = [child.stdout, child.stderr];
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let isClosed = false;
    child.once('error', reject);
    child.once('close', (code) => {
      isClosed = true;
      clearTimeout(timer);
      resolve({ exitCode: code ?? 128, left: false });
    });
    child.once('exit', (code) => {
      const since = performance.now();
      let heard = since;
      for (const output of outputs) output?.on('data', () => (heard = performance.now()));
      const look = (): void => {
        if (isClosed) return;
        const now = performance.now();
        const isQuiet = now - heard >= quietMs || now - since >= mostMs;
        // Bounded too: one that has ended counts until somebody asks for its code, for which a container may have nobody.
        const isEnding = isStopping() && now - since < mostMs + quietMs && groupLives(child.pid);
        if (!isQuiet || isEnding) {
          wait();
          return;
        }
        for (const output of outputs) leave(output);
        child.stdin?.destroy();
        resolve({ exitCode: code ?? 128, left: true });
      };
      // Where this process was busy, the pipes are read first.
      const wait = (): void => {
        timer = setTimeout(() => setImmediate(look), quietMs / 4);
      };
      wait();
    });
  });
}

function leave(output: ChildProcess['stdout']): void {
  output?.removeAllListeners('data');
  output?.resume();
  // The pipe of a child is a socket, which its type does not tell.
  (output as Socket | null)?.unref();
}

function groupLives(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}
