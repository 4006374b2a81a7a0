import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Exec } from '../tools/exec.ts';
import { endLease, leaseFolder, leasesIn } from '../tools/leases.ts';

/** What the stage `cluster` names; nothing else is deleted, whatever lies in the folder. */
const ours = /^orp-[a-z0-9-]+$/;

/**
 * Deletes the clusters of runs that were killed on this machine together with what should have tidied up after them: they hold
 * memory, and the ports that the next cluster may want. Never fails; what stays is tried again by the next run.
 */
export async function deleteAbandoned(
  kind: string,
  exec: Exec,
  log: Log,
  leases = leaseFolder('clusters'),
): Promise<void> {
  for (const { name, isAlive } of await leasesIn(leases)) {
    if (isAlive !== false || !ours.test(name)) continue;
    try {
      await exec(kind, ['delete', 'cluster', '--name', name]);
      await endLease(leases, name);
      log.info(`deleted the cluster ${name}, which a killed run had left`);
    } catch (thrown) {
      log.info(`could not delete the cluster ${name}, which a killed run had left: ${messageOf(thrown)}`);
    }
  }
}
