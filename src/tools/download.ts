import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { messageOf, Problem } from '../errors.ts';
import type { Log } from '../log.ts';
import { isLoopback, printUrl } from '../net/hosts.ts';
import { createHttp } from '../net/http.ts';
import type { Sleep } from '../net/sleep.ts';
import type { Http } from '../net/types.ts';

export interface DownloadRequest {
  readonly url: string;
  /** Hosts that the URL may redirect to, beside its own. */
  readonly redirects: readonly string[];
  /** Hex SHA-256 of the whole body. */
  readonly sha256: string;
  /** File to write. */
  readonly target: string;
}

export interface DownloadPorts {
  readonly fetch: typeof globalThis.fetch;
  readonly log: Log;
  readonly signal?: AbortSignal;
  readonly maxBytes?: number;
  /** For all tries together. */
  readonly timeoutMs?: number;
  readonly sleep?: Sleep;
}

const defaultMaxBytes = 256 * 1024 * 1024;
const defaultTimeoutMs = 5 * 60_000;
const maxRedirects = 5;
/** Waiting for another try; short, because another source is left. */
const retryBudgetMs = 20_000;

/**
 * Downloads a file and compares its sum before anyone reads it; on any failure nothing is left behind.
 * HTTPS only, except to the loopback.
 * Errors: `Problem` OR-TOOL-CHECKSUM (other bytes than the pinned ones), OR-TOOL-UNTRUSTED (a redirect to a host that
 * is not allowed, or away from HTTPS), OR-TOOL-DOWNLOAD (the network, a status, too large, too slow). Only after the
 * last one another source may be tried.
 */
export async function download(request: DownloadRequest, ports: DownloadPorts): Promise<void> {
  const limit = AbortSignal.timeout(ports.timeoutMs ?? defaultTimeoutMs);
  const signal = ports.signal === undefined ? limit : AbortSignal.any([ports.signal, limit]);
  const { fetch, log, sleep } = ports;
  const http = createHttp({ fetch, log, signal, budgetMs: retryBudgetMs, ...(sleep === undefined ? {} : { sleep }) });
  try {
    const sum = await save(http, request, ports.maxBytes ?? defaultMaxBytes);
    if (sum !== request.sha256) {
      throw new Problem('OR-TOOL-CHECKSUM', `${printUrl(request.url)} has the SHA-256 ${sum}, not ${request.sha256}`, {
        hint: 'someone changed the file, on its way or at its source: do not use it, and put the tool on PATH',
      });
    }
  } catch (error) {
    await rm(request.target, { force: true });
    ports.signal?.throwIfAborted();
    if (error instanceof Problem && error.code.startsWith('OR-TOOL-')) throw error;
    const why = limit.aborted ? 'it takes too long' : messageOf(error);
    const what = error instanceof Problem ? '' : `${printUrl(request.url)}: `;
    throw new Problem('OR-TOOL-DOWNLOAD', `the download failed: ${what}${why}`, { cause: error });
  }
}

/** Follows redirects, writes the body to the target and gives its sum. */
async function save(http: Http, request: DownloadRequest, maxBytes: number): Promise<string> {
  const start = new URL(request.url);
  const allowed = new Set([start.host, ...request.redirects]);
  let sum = '';
  // Called again from the start when the connection broke.
  const sink = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    const hash = createHash('sha256');
    const measured = async function* (): AsyncGenerator<Uint8Array> {
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(measured, createWriteStream(request.target, { mode: 0o600 }));
    sum = hash.digest('hex');
  };
  let url = start;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    checkHop(url, allowed);
    const reply = await http.send({ method: 'GET', url, repeat: 'always', redirects: 'return', sink });
    const location = reply.headers.get('location');
    if (reply.status >= 200 && reply.status < 300) return sum;
    if (reply.status < 300 || reply.status >= 400 || location === null) throw new Error(`HTTP status ${reply.status}`);
    url = new URL(location, url);
  }
  throw new Error(`it redirects more than ${maxRedirects} times`);
}

function checkHop(url: URL, allowed: ReadonlySet<string>): void {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new Problem('OR-TOOL-UNTRUSTED', `a download would leave HTTPS: ${printUrl(url)}`, {
      hint: 'put the tool on PATH, or use a network that does not rewrite downloads',
    });
  }
  if (!allowed.has(url.host)) {
    throw new Problem('OR-TOOL-UNTRUSTED', `a download was redirected to ${url.host}, which is not one of its hosts`, {
      hint: `allowed are ${[...allowed].join(', ')}; put the tool on PATH where a proxy redirects downloads`,
    });
  }
}
