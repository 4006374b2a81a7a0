import type { Fetch, Http, HttpRequest } from './types.ts';

export interface ToFetchOptions {
  /** Longest reply, default 256 MiB: release assets are read back through it. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 256 * 1024 * 1024;
const withoutBody = new Set([101, 204, 205, 304]);

function replayable(body: unknown): NonNullable<HttpRequest['body']> {
  if (typeof body === 'string' || body instanceof Blob || Buffer.isBuffer(body)) return body;
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError('a request body must be a string, bytes or a Blob, so that it can be sent again');
}

/**
 * The client as a `fetch`, for libraries that take one (octokit's `request.fetch`). GET and HEAD are repeated after any
 * passing failure; everything else only when it was surely not carried out.
 */
export function toFetch(http: Http, options: ToFetchOptions = {}): Fetch {
  return async (input, init = {}) => {
    if (input instanceof Request) throw new TypeError('a URL is wanted, not a Request');
    const method = (init.method ?? 'GET').toUpperCase();
    const reply = await http.send({
      method,
      url: input,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.body === undefined || init.body === null ? {} : { body: replayable(init.body) }),
      repeat: method === 'GET' || method === 'HEAD' ? 'always' : 'when-refused',
      maxBytes: options.maxBytes ?? defaultMaxBytes,
      redirects: init.redirect === 'manual' ? 'return' : 'follow',
      ...(init.signal === undefined || init.signal === null ? {} : { signal: init.signal }),
    });
    const headers = new Headers(reply.headers);
    // The body is decoded already; its old coding and length would mislead whoever reads on.
    headers.delete('content-encoding');
    headers.delete('content-length');
    const response = new Response(withoutBody.has(reply.status) ? null : new Uint8Array(reply.body), {
      status: reply.status,
      headers,
    });
    // A made response has no URL; octokit reports it.
    Object.defineProperty(response, 'url', { value: reply.url });
    return response;
  };
}
