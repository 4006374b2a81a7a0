import type { Seen } from '../registry/fault-proxy.ts';
import type { Logged } from '../standins/github/index.ts';

/**
 * A request of a run, by what it is about and which of its like it is: stages run side by side, so that its place among
 * all requests says nothing.
 */
export interface Request {
  readonly side: 'github' | 'registry';
  /** Requests of one kind can go wrong in the same ways: `PUT manifest`, `repos/create-release`. */
  readonly kind: string;
  /** The kind with the name that it is about: `PUT acme/mini:v0.1.0`. */
  readonly what: string;
  /** From 1. */
  readonly nth: number;
}

type Named = Omit<Request, 'nth'>;

export function nameOf({ side, what, nth }: Request): string {
  return `${side} ${what} #${nth}`;
}

export function registryRequest({ method, url }: Pick<Seen, 'method' | 'url'>): Named {
  const { pathname, searchParams } = new URL(url, 'http://registry');
  const named = (kind: string, what: string): Named => ({ side: 'registry', kind, what });
  if (pathname === '/token') {
    const scopes = searchParams.getAll('scope').map((scope) => scope.replace(/^repository:/, ''));
    return named('GET token', `GET token for ${scopes.join(' ')}`);
  }
  const [, repository = '', thing = '', id = ''] =
    /^\/v2\/(.+?)\/(manifests|blobs\/uploads|blobs|tags)\/(.*)$/.exec(pathname) ?? [];
  const content = id.startsWith('sha256:') ? `${repository}@digest` : `${repository}:${id}`;
  if (thing === 'manifests') return named(`${method} manifest`, `${method} ${content}`);
  if (thing === 'blobs') return named(`${method} blob`, `${method} blob ${content}`);
  if (thing === 'blobs/uploads') return named(`${method} upload`, `${method} upload to ${repository}`);
  return named(`${method} ${thing === '' ? pathname : thing}`, `${method} ${pathname}`);
}

export function githubRequest({ operation, path }: Pick<Logged, 'operation' | 'path'>): Named {
  const name = operation === uploadOperation ? ` ${new URL(path, 'http://github').searchParams.get('name') ?? ''}` : '';
  return { side: 'github', kind: operation, what: `${operation}${name}` };
}

export const uploadOperation = 'repos/upload-release-asset';

/** Counts the like among requests in their order. */
export function number(named: readonly Named[]): readonly Request[] {
  const counts = new Map<string, number>();
  return named.map((request) => {
    const nth = (counts.get(request.what) ?? 0) + 1;
    counts.set(request.what, nth);
    return { ...request, nth };
  });
}
