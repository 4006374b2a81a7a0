import type { Request } from './requests.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

/** Where a fault is injected: each costs two runs, so that variants of one kind are not tried everywhere. */
export type Reach =
  /** At each request that it fits. */
  | 'every'
  /** At the first three of each kind of request. */
  | 'three'
  /** At the first of each kind. */
  | 'one';

/** What stands before a server answers with: longer than many a reply that it takes the place of. */
export const page = `<html><head><title>Unicorn!</title></head><body>${'<p>Something went wrong.</p>'.repeat(800)}</body></html>`;

/** One way in which a request goes wrong. */
export interface FaultKind {
  /** Its row in the tables: `G9`, `R13`. */
  readonly row: string;
  readonly what: string;
  readonly reach: Reach;
  readonly fits: (request: Request) => boolean;
  /** To be called before the run. Gives a function that says whether it struck. */
  readonly arm: (world: World, request: Request) => () => boolean;
  /** The end that an undisturbed release would have had with what somebody did meanwhile. */
  readonly expects?: (undisturbed: State) => State;
  /** How the disturbed run has to end; default: released, all the same. */
  readonly ends?: 'released' | 'killed' | 'failed' | 'either';
}

export function isRead({ kind }: Request): boolean {
  return /^(GET|HEAD) |^git\/|^repos\/(get|list)|^(graphql|storage)$/.test(kind);
}

/** Takes effect at GitHub or in the registry; an upload that is opened to see whether it may be does not. */
export function isChange({ kind }: Request): boolean {
  return /^PUT |^repos\/(create|update|upload|delete)/.test(kind);
}
