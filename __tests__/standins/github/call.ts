import type { Access, Repository } from './model.ts';
import type { World } from './world.ts';

/** Addresses under which the stand-in is reached, without a slash at the end. */
export interface Urls {
  readonly api: string;
  readonly upload: string;
  /** Pages and public downloads. */
  readonly web: string;
}

/** A request that is understood, allowed and checked: what a handler works on. */
export interface Call {
  readonly world: World;
  readonly repository: Repository;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly access: Access;
  readonly urls: Urls;
  readonly now: Date;
  /** The request's own path, for links to further pages. */
  readonly path: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Bytes instead of JSON. */
  readonly raw?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Only half of the body is sent. */
  readonly cut?: boolean;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

const docs = 'https://docs.github.com/rest';

export function failure(status: number, message: string): Reply {
  return { status, body: { message, documentation_url: docs, status: String(status) } };
}

export const notFound = failure(404, 'Not Found');

/** The 422 of a field that GitHub refuses. */
export function invalid(errors: readonly Record<string, string>[], message = 'Validation Failed'): Reply {
  return { status: 422, body: { message, errors, documentation_url: docs, status: '422' } };
}

/** One page of a list, with the Link header by which the others are found. */
export function page(call: Call, items: readonly unknown[], defaultSize = 30): Reply {
  const size = Math.min(Number(call.query.get('per_page') ?? defaultSize), Math.max(defaultSize, 100));
  const number = Math.max(Number(call.query.get('page') ?? 1), 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (target: number, rel: string): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(target));
    return `<${call.urls.api}${call.path}?${query.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
  ];
  return {
    status: 200,
    body: items.slice((number - 1) * size, number * size),
    ...(links.length > 0 ? { headers: { link: links.join(', ') } } : {}),
  };
}

/** The headers by which GitHub tells what is left of the hour. */
export function rateLimits(used: number, now: Date): Record<string, string> {
  const reset = Math.floor(now.getTime() / 1000) + 3600;
  const values = { limit: 5000, remaining: Math.max(5000 - used, 1), used, reset };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`x-ratelimit-${name}`, String(value)]));
}
