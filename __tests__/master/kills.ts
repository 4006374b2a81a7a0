import type { FaultKind } from './fault.ts';
import { injectAt } from './github-faults.ts';
import { breakAt } from './registry-faults.ts';
import type { Request } from './requests.ts';
import type { World } from './world.ts';

/** SIGKILL when a request arrives, or when it was carried out and before its reply. */
function kill(when: 'before' | 'after', what: string): FaultKind {
  return {
    row: 'SIGKILL',
    what,
    reach: 'every',
    ends: 'killed',
    // What a read does is nothing.
    fits: (request) =>
      when === 'before' || !/^(GET|HEAD) |^git\/|^repos\/(get|list)|^(graphql|storage)$/.test(request.kind),
    arm: (world: World, request: Request) => {
      const shoot = (): void => world.step()?.kill('SIGKILL');
      if (request.side === 'registry') return breakAt(world, request, { reset: when, then: shoot });
      return when === 'before'
        ? injectAt(world, request, { kind: 'reset-before', run: shoot })
        : injectAt(world, request, { kind: 'reset-after', then: shoot });
    },
  };
}

export const kills: readonly FaultKind[] = [
  kill('before', 'killed before it is carried out'),
  kill('after', 'killed before the reply'),
];
