import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A request as it came to the proxy. */
export interface Seen {
  /** From 0, over all requests. */
  readonly index: number;
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** What goes wrong with a request. */
export type Fault =
  /** This reply, nothing is forwarded. */
  | { readonly reply: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } }
  /** The connection breaks before the request reaches the target, or after it was carried out; `then` goes first. */
  | { readonly reset: 'before' | 'after'; readonly then?: () => void }
  /** Something else happens before the request is answered as usual. */
  | { readonly meanwhile: () => void }
  /** Only a part of the request's body reaches the target. */
  | { readonly halfway: true }
  /** Carried out, then this status in place of the true reply. */
  | { readonly lost: number }
  /** The reply's body ends after some bytes. */
  | { readonly truncate: number }
  /** The true reply, changed. */
  | { readonly change: (answer: Answer) => Answer };

export interface Rule {
  readonly when: (seen: Seen) => boolean;
  /** How often it strikes; default once. */
  readonly times?: number;
  readonly fault: Fault;
}

/** A token service in front of a registry that asks for nothing, as GHCR has one. */
export interface TokenService {
  readonly username: string;
  readonly password: string;
  /** Left out of the reply when absent. */
  readonly expiresIn?: number;
  /** What is granted of the scopes asked for; default all. Fewer is not an error, by the specification. */
  readonly grant?: (scopes: readonly string[]) => readonly string[];
  /** Default: the proxy's own. */
  readonly realm?: string;
}

export interface Proxy {
  readonly host: string;
  readonly seen: Seen[];
  /** Adds a fault; the first rule that fits a request strikes. */
  add(rule: Rule): void;
  /** Forgets all rules and requests. */
  reset(): void;
  /** Makes all tokens invalid from now on. */
  expireTokens(): void;
  stop(): Promise<void>;
}

export interface ProxyOptions {
  /** Asks for tokens in front of a registry that asks for nothing. */
  readonly tokens?: TokenService;
  /** Sees every request that the target has answered, before its client does. */
  readonly watch?: (seen: Seen) => void;
}

export const asJson = { 'content-type': 'application/json' } as const;

/** An upload that is opened and cancelled again proves the right to push, and stores nothing. */
export function isWrite({ method, url, body }: Pick<Seen, 'method' | 'url' | 'body'>): boolean {
  if (method === 'PUT' || method === 'PATCH') return true;
  if (method === 'DELETE') return !url.includes('/blobs/uploads/');
  return method === 'POST' && (body.length > 0 || url.includes('?'));
}

/** The error body of the distribution specification. */
export function ociError(code: string, message = ''): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(seen: Seen, target: string, share = 1): Promise<Answer> {
  const [hostname = '', port = ''] = target.split(':');
  return new Promise((resolve, reject) => {
    const { method, url, headers, body } = seen;
    const out = forward({ hostname, port, method, path: url, headers, agent: false }, (incoming) => {
      bodyOf(incoming).then((bytes) => {
        const kept: Record<string, string | string[]> = {};
        for (const [name, value] of Object.entries(incoming.headers)) if (value !== undefined) kept[name] = value;
        resolve({ status: incoming.statusCode ?? 0, headers: kept, body: bytes });
      }, reject);
    });
    out.on('error', reject);
    if (share === 1) {
      out.end(body);
      return;
    }
    out.write(body.subarray(0, Math.floor(body.length * share)), () => setTimeout(() => out.destroy(), 20));
  });
}

function write(out: ServerResponse, { status, headers, body }: Answer, method: string): void {
  const rest = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(connection|transfer-encoding)$/.test(name)),
  );
  const length =
    method === 'HEAD' || status === 204 || 'content-length' in rest ? {} : { 'content-length': body.length };
  out.writeHead(status, { ...rest, ...length });
  out.end(method === 'HEAD' ? undefined : body);
}

class Tokens {
  readonly #service: TokenService;
  readonly #issued = new Map<string, { readonly scopes: readonly string[]; readonly until: number }>();

  constructor(service: TokenService) {
    this.#service = service;
  }

  clear(): void {
    this.#issued.clear();
  }

  issue(seen: Seen): Answer {
    const { username, password, expiresIn, grant } = this.#service;
    const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const given = seen.headers.authorization;
    if (given !== undefined && given !== wanted)
      return answer(401, ociError('UNAUTHORIZED', 'authentication required'));
    const asked = new URL(seen.url, 'http://x').searchParams.getAll('scope');
    const scopes =
      given === undefined ? asked.map((scope) => scope.replace('pull,push', 'pull')) : (grant?.(asked) ?? asked);
    const token = randomUUID();
    this.#issued.set(token, { scopes, until: Date.now() + (expiresIn ?? 60) * 1000 });
    return answer(200, JSON.stringify({ token, ...(expiresIn === undefined ? {} : { expires_in: expiresIn }) }));
  }

  /** Null when the request may pass. */
  check(seen: Seen, host: string): Answer | null {
    const path = /^\/v2\/(.+?)\/(?:manifests|blobs|tags)\//.exec(seen.url)?.[1] ?? '';
    const action = seen.method === 'GET' || seen.method === 'HEAD' ? 'pull' : 'push';
    const held = this.#issued.get((seen.headers.authorization ?? '').replace('Bearer ', ''));
    if (held === undefined || held.until < Date.now()) {
      const realm = this.#service.realm ?? `http://${host}/token`;
      const challenge = `Bearer realm="${realm}",service="${host}",scope="repository:${path}:pull"`;
      return {
        ...answer(401, ociError('UNAUTHORIZED', 'authentication required')),
        headers: { ...asJson, 'www-authenticate': challenge },
      };
    }
    const allowed = held.scopes.some((scope) => {
      const [, name, actions = ''] = /^repository:(.+):([a-z,]+)$/.exec(scope) ?? [];
      return name === path && actions.split(',').includes(action);
    });
    return allowed ? null : answer(403, ociError('DENIED', 'permission_denied: write_package'));
  }
}

function answer(status: number, body: string): Answer {
  return { status, headers: asJson, body: Buffer.from(body) };
}

/** Stands in front of a server on loopback and breaks what it is told to break. */
export async function startProxy(target: string, { tokens: tokenService, watch }: ProxyOptions = {}): Promise<Proxy> {
  const seen: Seen[] = [];
  let rules: { rule: Rule; left: number }[] = [];
  const tokens = tokenService === undefined ? null : new Tokens(tokenService);
  let host = '';

  async function handle(incoming: IncomingMessage, out: ServerResponse): Promise<void> {
    const index = seen.length;
    const place: Seen[] = seen;
    const { method = 'GET', url = '/', headers } = incoming;
    const early = { index, method, url, headers, body: Buffer.alloc(0) };
    place.push(early);
    const now: Seen = { ...early, body: await bodyOf(incoming) };
    place[index] = now;
    const hit = rules.find(({ rule, left }) => left > 0 && rule.when(now));
    if (hit !== undefined) hit.left -= 1;
    const fault = hit?.rule.fault;
    const dead = (): void => void out.socket?.destroy();

    if (fault !== undefined && 'reply' in fault) {
      const { status, headers: extra = {}, body = '' } = fault.reply;
      write(out, { status, headers: extra, body: Buffer.from(body) }, method);
      return;
    }
    if (fault !== undefined && 'reset' in fault && fault.reset === 'before') {
      fault.then?.();
      dead();
      return;
    }
    if (fault !== undefined && 'meanwhile' in fault) fault.meanwhile();
    if (fault !== undefined && 'halfway' in fault) {
      await send(now, target, 0.5).catch(() => undefined);
      dead();
      return;
    }
    const answer =
      (url.startsWith('/token') ? tokens?.issue(now) : tokens?.check(now, host)) ?? (await send(now, target));
    watch?.(now);
    if (fault === undefined || 'meanwhile' in fault) write(out, answer, method);
    else if ('lost' in fault) write(out, { status: fault.lost, headers: {}, body: Buffer.alloc(0) }, method);
    else if ('change' in fault) write(out, fault.change(answer), method);
    else if ('truncate' in fault) {
      out.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
      out.write(answer.body.subarray(0, fault.truncate), dead);
    } else {
      if ('reset' in fault) fault.then?.();
      dead();
    }
  }

  const server = createServer((incoming, out) => {
    handle(incoming, out).catch(() => out.socket?.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  host = `127.0.0.1:${address.port}`;
  return {
    host,
    seen,
    add: (rule) => void rules.push({ rule, left: rule.times ?? 1 }),
    reset: () => {
      rules = [];
      seen.length = 0;
    },
    expireTokens: () => tokens?.clear(),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
