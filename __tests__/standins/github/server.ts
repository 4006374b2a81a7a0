import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAdmin } from './admin.ts';
import type { Reply, Urls } from './call.ts';
import type { GitHubStandIn } from './index.ts';
import type { Pipeline } from './pipeline.ts';

/** Two loopback servers, as GitHub has one host for the API and one for uploads. */
export interface Listening {
  readonly urls: Urls;
  /** Starts to answer; requests before that wait. */
  serve(pipeline: Pipeline, standIn: GitHubStandIn): void;
  close(): Promise<void>;
}

export async function listen(port: number, uploadPort: number): Promise<Listening> {
  let begin: (parts: [Pipeline, GitHubStandIn]) => void = () => undefined;
  const parts = new Promise<[Pipeline, GitHubStandIn]>((resolve) => (begin = resolve));
  const open = (side: 'api' | 'upload', at: number): Promise<Server> => {
    const server = createServer((request, response) => {
      parts
        .then(([pipeline, standIn]) => handle(side, pipeline, standIn, request, response))
        .catch((error: unknown) => {
          send(response, { status: 500, body: { message: `stand-in: ${String(error)}` } });
        });
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => resolve(server));
    });
  };
  const [api, upload] = await Promise.all([open('api', port), open('upload', uploadPort)]);
  const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urls: { api: urlOf(api), upload: urlOf(upload), web: urlOf(api) },
    serve: (pipeline, standIn) => begin([pipeline, standIn]),
    close: async () => {
      await Promise.all([stop(api), stop(upload)]);
    },
  };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function handle(
  side: 'api' | 'upload',
  pipeline: Pipeline,
  standIn: GitHubStandIn,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const method = request.method ?? 'GET';
  const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
  const raw = Buffer.concat(chunks);
  const admin = side === 'api' && url.pathname.startsWith('/_standin/');
  const reply = admin
    ? answerAdmin(standIn, method, url.pathname, raw)
    : await pipeline.answer({ side, method, url, headers, raw });
  if (reply === null) request.socket.destroy();
  else send(response, reply);
}

function send(response: ServerResponse, reply: Reply): void {
  const { status, body, raw, headers, cut } = reply;
  const type = raw === undefined ? 'application/json; charset=utf-8' : 'application/octet-stream';
  const bytes = raw ?? (body === undefined ? undefined : Buffer.from(JSON.stringify(body)));
  const length = cut === true && bytes !== undefined ? { 'content-length': bytes.length } : {};
  response.writeHead(status, { ...(bytes === undefined ? {} : { 'content-type': type }), ...length, ...headers });
  if (cut === true)
    response.write((bytes ?? Buffer.alloc(0)).subarray(0, (bytes?.length ?? 0) / 2), () => response.destroy());
  else response.end(bytes);
}
