import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stop } from './stop.ts';

export interface Options {
  /** Forget what earlier runs published. */
  readonly fresh: boolean;
  /** Keep registry and GitHub stand-in up at the end, until Ctrl-C, so that what was published can be pulled. */
  readonly stay: boolean;
  /** Work as on a machine without Docker. */
  readonly noDocker: boolean;
  /** Show the log of every stage, not only of those that failed. */
  readonly verbose: boolean;
  /** Folder that keeps what is published, from run to run. */
  readonly state: string;
}

export const usage = `npm run demo -- [options]

From a tag push to a published release of examples/widget-operator, all on this machine.

  --fresh       start with an empty registry and an empty GitHub
  --stay        keep both up at the end, until Ctrl-C, to pull what was published
  --no-docker   build with ko and leave out the cluster, also where Docker is there
  --verbose     show the log of every stage, not only of those that failed
  --state DIR   keep registry and GitHub in this folder (default: .demo)
  --help        this text`;

/** Null: only the usage was asked for. Errors: `Stop` for an unknown option. */
export function readOptions(args: readonly string[], root: string): Options | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        fresh: { type: 'boolean', default: false },
        stay: { type: 'boolean', default: false },
        'no-docker': { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        state: { type: 'string', default: join(root, '.demo') },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return null;
    const { fresh, stay, verbose, state } = values;
    return { fresh, stay, verbose, state, noDocker: values['no-docker'] };
  } catch (thrown) {
    throw new Stop(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage}`);
  }
}
