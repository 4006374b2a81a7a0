import type { Backoff } from './backoff.ts';

export type Fetch = typeof globalThis.fetch;

export interface HttpRequest {
  readonly method: string;
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replayable: it is sent again with each try. Large files come as `fs.openAsBlob`. */
  readonly body?: string | Buffer | Blob;
  /**
   * `always`: sending it twice is the same as once (reads, content-addressed writes).
   * `when-refused`: again only when it was surely not carried out; after any other failure the caller looks first.
   */
  readonly repeat: 'always' | 'when-refused';
  /** Longest body of a 2xx reply, default 8 MiB; a longer one is an error. The body of any other is cut, its status stands. */
  readonly maxBytes?: number;
  /** Longest silence of the other side; default 60 s, and more for a large body of the request. */
  readonly timeoutMs?: number;
  /** `follow` (default, at most 5) or hand the 3xx back. */
  readonly redirects?: 'follow' | 'return';
  /** What to repeat where it differs from `classify`. */
  readonly classify?: Classify;
  /**
   * Takes the body of a 2xx reply as it comes, without the limit of `maxBytes`; `body` is then empty. Called again from the
   * start when the connection broke.
   */
  readonly sink?: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Beside the client's own signal. */
  readonly signal?: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  /** Where the reply came from, after redirects. */
  readonly url: string;
  readonly body: Buffer;
  /** How often it was asked; 1 without retries. */
  readonly tries: number;
  text(): string;
  /** Throws OR-NET-REPLY when the body is not JSON. */
  json(): unknown;
}

/** Why a reply calls for another try. */
export interface Verdict {
  readonly why: string;
  /** The server said that it did not carry the request out. */
  readonly refused: boolean;
  /** The wait that the server asks for. */
  readonly waitMs?: number;
  readonly firstMs?: number;
  readonly tries?: number;
}

/** Null for a reply that stands. */
export type Classify = (reply: HttpReply, now: number) => Verdict | null;

export interface Http {
  /**
   * The last reply, whatever its status. Throws `Problem` OR-NET-UNREACHABLE (no answer), OR-NET-REDIRECT,
   * OR-NET-TOO-LARGE, and the signal's reason after an abort.
   */
  send(request: HttpRequest): Promise<HttpReply>;
  /** The same policy, budget and log for what a caller repeats itself. */
  readonly backoff: Backoff;
  readonly signal: AbortSignal | undefined;
}
