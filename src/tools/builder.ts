import { randomUUID } from 'node:crypto';
import { messageOf, Problem } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Exec, ExecOptions } from './exec.ts';
import { endLease, leaseFolder, leasesIn, takeLease } from './leases.ts';
import { locked } from './lock.ts';

export interface Builder {
  /** For `docker buildx build --builder`. */
  readonly name: string;
  readonly driver: string;
}

export interface BuilderOptions {
  readonly signal?: AbortSignal;
  /** For a builder that is created: `network=host` lets it reach a registry on the machine's loopback. */
  readonly driverOptions?: readonly string[];
  /**
   * Called before our own builder is created or joined, with what `removeBuilder` takes, so that a kill in between leaves
   * nothing behind. Not called for a builder that the project set up itself.
   */
  readonly onLease?: (lease: string) => void;
  /** Folder of the leases; default: one per user below the machine's folder for temporary files. */
  readonly leases?: string;
}

const ownName = 'operator-release';
/** Drivers that build for several platforms and push by digest. `docker` does neither without the containerd store. */
const fitDrivers = new Set(['docker-container', 'remote', 'kubernetes', 'cloud']);
/** No job runs longer on a hosted runner; the lease of a run in a container, of which nothing can be told, ends then. */
const leaseMs = 6 * 60 * 60_000;
const quickMs = 60_000;
/** Pulls BuildKit's image. */
const bootMs = 5 * 60_000;

/**
 * The builder to build with: the current one when its driver fits, else our own, created when it is not there. Runs on
 * one machine share ours, each with a lease.
 * Errors: `Problem` OR-DOCKER-BUILDER.
 */
export async function ensureBuilder(exec: Exec, log: Log, options: BuilderOptions = {}): Promise<Builder> {
  const common = { timeoutMs: quickMs, ...(options.signal === undefined ? {} : { signal: options.signal }) };
  const current = await inspect(exec, [], common);
  if (current !== null && fitDrivers.has(current.driver) && current.name !== ownName) {
    log.info(`builder ${current.name} (${current.driver}) is in use`);
    return current;
  }
  const folder = options.leases ?? leaseFolder('builder');
  const id = randomUUID();
  options.onLease?.(`${ownName}/${id}`);
  try {
    // Looking and then creating or removing must not be torn apart.
    await locked(folder, async () => {
      await takeLease(folder, id);
      if ((await inspect(exec, [ownName], common)) !== null) return;
      const driverOptions = (options.driverOptions ?? []).flatMap((option) => ['--driver-opt', option]);
      await exec(
        'docker',
        ['buildx', 'create', '--name', ownName, '--driver', 'docker-container', ...driverOptions],
        common,
      );
      log.info(`builder ${ownName} (docker-container) created`);
    });
    await exec('docker', ['buildx', 'inspect', '--bootstrap', ownName], { ...common, timeoutMs: bootMs });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new Problem('OR-DOCKER-BUILDER', `no builder for images can be started: ${messageOf(error)}`, {
      hint: 'see that docker and its buildx plugin work, or run docker/setup-buildx-action first',
      ...(error instanceof Problem && error.excerpt !== undefined ? { excerpt: error.excerpt } : {}),
      cause: error,
    });
  }
  return { name: ownName, driver: 'docker-container' };
}

/**
 * Gives a lease back; the last one takes the builder with it, but not its layers, so that the next run on this machine
 * finds them. May be called again, and for a lease that was never taken.
 */
export async function removeBuilder(
  exec: Exec,
  lease: string,
  log: Log,
  leases = leaseFolder('builder'),
): Promise<void> {
  const id = /^operator-release\/([0-9a-f-]{36})$/.exec(lease)?.[1];
  if (id === undefined) throw new Error(`not a lease of a builder: ${lease}`);
  await locked(leases, async () => {
    await endLease(leases, id);
    const others = await liveLeases(leases);
    if (others > 0) {
      log.info(`builder ${ownName} stays: ${others} other ${others === 1 ? 'run uses' : 'runs use'} it`);
      return;
    }
    if ((await inspect(exec, [ownName], { timeoutMs: quickMs })) === null) return;
    await exec('docker', ['buildx', 'rm', '--keep-state', ownName], { timeoutMs: quickMs });
    log.info(`builder ${ownName} removed, its layers kept`);
  });
}

async function liveLeases(folder: string): Promise<number> {
  let live = 0;
  for (const { name, isAlive, ageMs } of await leasesIn(folder)) {
    if (isAlive ?? ageMs < leaseMs) live += 1;
    else await endLease(folder, name);
  }
  return live;
}

/** Null when there is no such builder. Without a name: the current one. */
async function inspect(exec: Exec, name: readonly string[], options: ExecOptions): Promise<Builder | null> {
  const result = await exec('docker', ['buildx', 'inspect', ...name], { ...options, allowFailure: true });
  if (result.exitCode !== 0) return null;
  const found = /^Name:\s*(\S+)/m.exec(result.stdout)?.[1];
  const driver = /^Driver:\s*(\S+)/m.exec(result.stdout)?.[1];
  return found === undefined || driver === undefined ? null : { name: found, driver };
}
