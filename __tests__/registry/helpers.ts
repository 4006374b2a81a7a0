import { BufferLog } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRegistry } from '../../src/registry/client.ts';
import type { Credentials, Registry } from '../../src/registry/types.ts';

export interface Client {
  readonly registry: Registry;
  readonly log: BufferLog;
  /** Every wait that a retry asked for, in ms; none of them was waited. */
  readonly waits: number[];
}

/** The real client over the real network; only its waits take no time. */
export function client(
  options: {
    readonly credentials?: Credentials | null;
    readonly clock?: () => number;
    readonly budgetMs?: number;
  } = {},
): Client {
  const log = new BufferLog();
  const waits: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    waits.push(ms);
    return new Promise((resolve) => setTimeout(resolve, 2));
  };
  const { clock } = options;
  const http = createHttp({
    log,
    sleep,
    ...(clock === undefined ? {} : { clock }),
    ...(options.budgetMs === undefined ? {} : { budgetMs: options.budgetMs }),
  });
  const registry = createRegistry({
    http,
    credentials: () => options.credentials ?? null,
    ...(clock === undefined ? {} : { clock }),
  });
  return { registry, log, waits };
}
