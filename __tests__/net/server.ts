import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BufferLog } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import type { HttpOptions } from '../../src/net/http.ts';
import type { Http } from '../../src/net/types.ts';

/** Answers one request; the next request meets the next answer, the last one stays. */
export type Step = (out: ServerResponse, request: IncomingMessage, body: Buffer) => void;

export interface Server {
  readonly url: string;
  readonly requests: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: Buffer;
  }[];
  stop(): Promise<void>;
}

export async function serve(...steps: readonly Step[]): Promise<Server> {
  const requests: Server['requests'] = [];
  const server = createServer((request, out) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const step = steps[Math.min(requests.length, steps.length - 1)];
      requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      step?.(out, request, body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const say =
  (status: number, body = '', headers: Record<string, string> = {}): Step =>
  (out) => {
    out.writeHead(status, headers).end(body);
  };

export const breakOff: Step = (out) => void out.socket?.destroy();

/** Half of what the header promises. */
export const truncated: Step = (out) => {
  out.writeHead(200, { 'content-length': '10' });
  out.write('01234', () => out.socket?.destroy());
};

/** A client whose waits take no time. */
export function quick(options: Partial<HttpOptions> = {}): {
  http: Http;
  log: BufferLog;
  waits: number[];
} {
  const log = new BufferLog();
  const waits: number[] = [];
  const http = createHttp({
    ...options,
    log,
    random: () => 0,
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  return { http, log, waits };
}
