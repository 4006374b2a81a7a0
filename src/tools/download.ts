import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, Problem } from '../errors.ts';
import { isLoopback, printUrl } from '../net/hosts.ts';

export interface DownloadRequest {
  readonly url: string;
  /** Hosts that the URL may redirect to, beside its own. */
  readonly redirects: readonly string[];
  /** Hex SHA-256 of the whole body. */
  readonly sha256: string;
  /** File to write; must not exist. */
  readonly target: string;
}

export interface DownloadPorts {
  readonly fetch: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
}

const defaultMaxBytes = 256 * 1024 * 1024;
const defaultTimeoutMs = 5 * 60_000;
const maxRedirects = 5;

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
  try {
    const response = await follow(request, ports.fetch, signal);
    const sum = await save(response, request.target, ports.maxBytes ?? defaultMaxBytes, signal);
    if (sum !== request.sha256) {
      throw new Problem('OR-TOOL-CHECKSUM', `${printUrl(request.url)} has the SHA-256 ${sum}, not ${request.sha256}`, {
        hint: 'someone changed the file, on its way or at its source: do not use it, and put the tool on PATH',
      });
    }
  } catch (error) {
    await rm(request.target, { force: true });
    ports.signal?.throwIfAborted();
    if (error instanceof Problem) throw error;
    const why = limit.aborted ? 'it takes too long' : messageOf(causeOf(error));
    throw new Problem('OR-TOOL-DOWNLOAD', `${printUrl(request.url)} cannot be downloaded: ${why}`, { cause: error });
  }
}

/** fetch says only "fetch failed"; what failed is in its cause. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

async function follow(
  request: DownloadRequest,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Response> {
  const start = new URL(request.url);
  const allowed = new Set([start.host, ...request.redirects]);
  let url = start;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    checkHop(url, allowed);
    const response = await fetch(url, { redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      url = new URL(location, url);
      continue;
    }
    if (response.ok) return response;
    await response.body?.cancel();
    throw new Error(`HTTP status ${response.status}`);
  }
  throw new Error(`more than ${maxRedirects} redirects`);
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

async function save(response: Response, target: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  if (response.body === null) throw new Error('an empty answer');
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        done(new Error(`more than ${maxBytes} bytes`));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(response.body, measure, createWriteStream(target, { flags: 'wx', mode: 0o600 }), { signal });
  return hash.digest('hex');
}
