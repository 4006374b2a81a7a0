import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Stands in front of the registry and notes every request that could change it. */
export interface CountingProxy {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** Method and path of each. */
  readonly writes: string[];
  close(): Promise<void>;
}

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export async function startCountingProxy(port: number, target: string): Promise<CountingProxy> {
  const writes: string[] = [];
  const [hostname = '', targetPort = ''] = target.split(':');
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    if (!reads.has(method)) writes.push(`${method} ${path}`);
    // The headers go on with the host's name in them: the registry answers with places at the proxy.
    const onward = forward({ hostname, port: targetPort, method, path, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    incoming.pipe(onward);
  });
  await new Promise<void>((settle, refuse) => {
    server.once('error', refuse).listen(port, '127.0.0.1', settle);
  });
  return {
    host: `127.0.0.1:${port}`,
    writes,
    close: () => {
      server.closeAllConnections();
      return new Promise((settle) => server.close(() => settle()));
    },
  };
}
