import { Problem } from '../errors.ts';
import { explain } from './failure.ts';
import type { Failure } from './failure.ts';
import { printUrl } from './hosts.ts';
import { nextHop } from './redirect.ts';
import type { Hop } from './redirect.ts';
import { reply } from './reply.ts';
import type { Fetch, HttpReply, HttpRequest } from './types.ts';

const maxRedirects = 5;
const defaultMaxBytes = 8 * 1024 * 1024;
/** Of a reply that is not what was asked for: more than any reason takes. */
const errorMaxBytes = 256 * 1024;
const silenceMs = 60_000;
/** The slowest upload that is still waited for: 128 KiB/s. */
const uploadBytesPerMs = 128;

export type Attempt = { readonly reply: HttpReply } | { readonly failure: Failure };

function sizeOf(body: HttpRequest['body']): number {
  if (body === undefined) return 0;
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Blob ? body.size : body.length;
}

/** Ends a request on an abort, or when the other side is silent for too long. */
class Watch {
  readonly #controller = new AbortController();
  readonly #ms: number;
  readonly #outer: readonly AbortSignal[];
  readonly #onAbort = (): void => this.#controller.abort();
  #timer: NodeJS.Timeout | undefined;
  silent = false;

  constructor(ms: number, outer: readonly AbortSignal[]) {
    this.#ms = ms;
    this.#outer = outer;
    for (const signal of outer) signal.addEventListener('abort', this.#onAbort, { once: true });
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.silent = true;
      this.#controller.abort();
    }, this.#ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const signal of this.#outer) signal.removeEventListener('abort', this.#onAbort);
  }
}

/** A failure of the connection while a body was read, told apart from a failure of who reads it. */
class Broken extends Error {}

async function* chunksOf(response: Response, watch: Watch): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  try {
    for (;;) {
      const part = await reader.read().catch((error: unknown) => {
        throw new Broken('the reply broke off', { cause: error });
      });
      watch.heard();
      if (part.done) return;
      yield part.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Bytes of a body up to a limit; whether more would have come. */
async function collect(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ readonly body: Buffer; readonly isCut: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > maxBytes) return { body: Buffer.concat(parts, maxBytes), isCut: true };
  }
  return { body: Buffer.concat(parts, size), isCut: false };
}

/** One try, redirects followed. Throws what no other try can change. */
export async function attempt(
  fetch: Fetch,
  request: HttpRequest,
  signals: readonly AbortSignal[],
  tries: number,
): Promise<Attempt> {
  for (const signal of signals) signal.throwIfAborted();
  const watch = new Watch(request.timeoutMs ?? silenceMs + sizeOf(request.body) / uploadBytesPerMs, signals);
  let hop: Hop = {
    method: request.method,
    url: new URL(request.url),
    headers: { 'user-agent': 'operator-release', ...request.headers },
    withBody: request.body !== undefined,
  };
  try {
    for (let hops = 0; ; hops += 1) {
      const response = await fetch(hop.url, {
        method: hop.method,
        headers: hop.headers,
        redirect: 'manual',
        signal: watch.signal,
        ...(hop.withBody && request.body !== undefined
          ? { body: request.body as NonNullable<RequestInit['body']> }
          : {}),
      });
      watch.heard();
      const next =
        request.redirects === 'return' ? null : nextHop(hop, response.status, response.headers.get('location'));
      if (next === null) return { reply: await read(response, request, hop, watch, tries) };
      await response.body?.cancel();
      if (hops === maxRedirects) {
        throw new Problem('OR-NET-REDIRECT', `${printUrl(request.url)} redirects more than ${maxRedirects} times`);
      }
      hop = next;
    }
  } catch (error) {
    for (const signal of signals) signal.throwIfAborted();
    if (watch.silent) {
      return { failure: { why: 'no answer in time', unsent: false, passing: true, cause: error } };
    }
    if (error instanceof Broken) return { failure: { ...explain(error.cause), passing: true } };
    if (error instanceof TypeError) return { failure: explain(error) };
    throw error;
  } finally {
    watch.end();
  }
}

async function read(
  response: Response,
  request: HttpRequest,
  hop: Hop,
  watch: Watch,
  tries: number,
): Promise<HttpReply> {
  const chunks = chunksOf(response, watch);
  if (request.sink !== undefined && response.ok) {
    await request.sink(chunks);
    return reply(response, hop.url, Buffer.alloc(0), tries);
  }
  // The caller's limit is that of what it asked for. The page of a proxy or the words of a refusal may be longer, and their
  // status has to be seen: it decides about another try and about a login.
  const maxBytes = response.ok ? (request.maxBytes ?? defaultMaxBytes) : errorMaxBytes;
  const { body, isCut } = await collect(chunks, maxBytes);
  if (isCut && response.ok) {
    throw new Problem('OR-NET-TOO-LARGE', `the reply of ${printUrl(hop.url)} is longer than ${maxBytes} bytes`);
  }
  return reply(response, hop.url, body, tries);
}
