import type { World } from './world.ts';

/** How a request goes wrong. */
export type FaultKind =
  /** Answers `status` and `body`; nothing is done. */
  | 'status'
  /** Cuts the connection; nothing is done. */
  | 'reset-before'
  /** Does it, then cuts the connection. */
  | 'reset-after'
  /** Does it, then cuts the connection in the middle of the reply's body. */
  | 'cut-reply'
  /** Does it, then answers `status` (502). */
  | 'lost-reply'
  /** An upload that leaves an asset in state `starter` and answers 502. */
  | 'starter'
  /** An upload of which the last byte is lost. */
  | 'truncated'
  /** An upload of which the last byte comes out wrong. */
  | 'corrupt'
  /** Sends the client to the repository's number with `status` (307), as GitHub does after a rename; nothing is done. */
  | 'moved'
  /** A read that does not see the last change of the releases. */
  | 'stale'
  /** Nothing but `run`, before the request is handled: what somebody else does meanwhile. */
  | 'meanwhile';

export interface Fault {
  readonly match: {
    readonly method?: string;
    /** Regular expression on path and query. */
    readonly path?: string;
    /** Text in the request's body. */
    readonly body?: string;
    /** Name of GitHub's description: `repos/create-release`; `graphql`, `download`. */
    readonly operation?: string;
    /** Which of the matching requests, from 1; default: the next ones. */
    readonly nth?: number;
  };
  readonly kind: FaultKind;
  readonly status?: number;
  /** JSON, or text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often; default once. */
  readonly times?: number;
  /** Called when the fault happens, before anything else, and awaited; only in the same process. */
  readonly run?: (world: World) => unknown;
  /** Called when the request was carried out, before it is answered; only in the same process. */
  readonly then?: () => void;
}

interface Armed {
  readonly fault: Fault;
  seen: number;
  fired: number;
}

/** The faults that wait for their request. */
export class Faults {
  #armed: Armed[] = [];

  add(...faults: readonly Fault[]): void {
    this.#armed.push(...faults.map((fault) => ({ fault, seen: 0, fired: 0 })));
  }

  clear(): void {
    this.#armed = [];
  }

  /** How many faults have not happened as often as they should. */
  get waiting(): number {
    return this.#armed.filter((a) => a.fired < (a.fault.times ?? 1)).length;
  }

  /** The fault of this request, if any; the first that matches wins. */
  take(method: string, path: string, operation: string, body: Buffer): Fault | null {
    let taken: Fault | null = null;
    for (const armed of this.#armed) {
      const { match, times = 1 } = armed.fault;
      if (match.method !== undefined && match.method !== method) continue;
      if (match.operation !== undefined && match.operation !== operation) continue;
      if (match.path !== undefined && !new RegExp(match.path).test(path)) continue;
      if (match.body !== undefined && !body.includes(match.body)) continue;
      armed.seen++;
      if (taken !== null || armed.fired >= times || armed.seen < (match.nth ?? 1)) continue;
      armed.fired++;
      taken = armed.fault;
    }
    return taken;
  }
}
