import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const everyMs = 100;

/** Looks at the machine's processes, as anybody on it can. Linux. */
export class ProcessWatch {
  readonly #secrets: readonly string[];
  readonly #tracking: string;
  readonly #programs = new Set<string>();
  readonly #exposed = new Set<string>();
  readonly #known = new Set<string>();
  readonly #timer: NodeJS.Timeout | undefined;

  /**
   * `tracking`: the value of RUNNER_TRACKING_ID that marks the processes of the step. Without secrets to look for nothing is
   * looked at while it runs.
   */
  constructor(secrets: readonly string[], tracking: string) {
    this.#secrets = secrets;
    this.#tracking = tracking;
    this.#timer = secrets.length === 0 ? undefined : setInterval(() => this.#look(), everyMs);
  }

  stop(): { readonly programs: ReadonlySet<string>; readonly exposed: readonly string[] } {
    clearInterval(this.#timer);
    return { programs: this.#programs, exposed: [...this.#exposed] };
  }

  /** Kills what the step left running, and gives the command lines. */
  endOrphans(): readonly string[] {
    return pids().flatMap((pid) => {
      if (!this.#isOurs(pid)) return [];
      const line = read(pid, 'cmdline').replaceAll('\0', ' ');
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        return [];
      }
      return [line];
    });
  }

  #isOurs(pid: number): boolean {
    return pid !== process.pid && read(pid, 'environ').includes(`RUNNER_TRACKING_ID=${this.#tracking}\0`);
  }

  #look(): void {
    for (const pid of pids()) {
      const line = read(pid, 'cmdline');
      const key = `${pid} ${line}`;
      if (line === '' || this.#known.has(key)) continue;
      this.#known.add(key);
      if (this.#secrets.some((secret) => line.includes(secret))) this.#exposed.add(line.replaceAll('\0', ' '));
      if (this.#isOurs(pid)) this.#programs.add(basename(line.split('\0')[0] ?? ''));
    }
  }
}

function pids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Empty for a process that is gone, or somebody else's. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
