import { Problem } from '../errors.ts';
import { isLoopback } from '../net/hosts.ts';
import type { Http, HttpReply, HttpRequest } from '../net/types.ts';
import { Auth } from './auth.ts';
import type { Grant } from './auth.ts';
import { classifyRegistry, denied, unreachable } from './errors.ts';
import { parseRepository } from './reference.ts';
import type { Credentials } from './types.ts';

export interface SessionRequest extends Omit<HttpRequest, 'url' | 'repeat' | 'classify'> {
  /** Below `/v2/`, or a whole URL of the same origin. */
  readonly to: string | URL;
  readonly grant: Grant;
  /** Completes "does not let this run …" and "cannot be reached to …". */
  readonly what: string;
  readonly repeat?: HttpRequest['repeat'];
}

/** A repository at its host. */
export interface Place {
  readonly repository: string;
  readonly path: string;
  readonly host: Host;
}

type CredentialsOf = (registry: string) => Credentials | null | Promise<Credentials | null>;

/** Docker Hub's names are not the host of its API. */
const apiHosts: Readonly<Record<string, string>> = {
  'docker.io': 'registry-1.docker.io',
  'index.docker.io': 'registry-1.docker.io',
};

/** A new token, and one more for a token that ended in between. */
const maxLogins = 2;

/** One registry host: where it is, how to log in, how to send. */
export class Host {
  readonly base: URL;
  readonly #http: Http;
  readonly #auth: Auth;

  constructor(http: Http, registry: string, credentials: CredentialsOf, clock: () => number) {
    const host = apiHosts[registry] ?? registry;
    const { hostname } = new URL(`http://${host}`);
    this.base = new URL(`${isLoopback(hostname) ? 'http' : 'https'}://${host}/v2/`);
    this.#http = http;
    this.#auth = new Auth(http, this.base, async () => credentials(registry), clock);
  }

  /** Any reply but a 401; that one is answered by a login. */
  async send(request: SessionRequest): Promise<HttpReply> {
    const { to, grant, what, repeat = 'always', headers, ...rest } = request;
    const url = new URL(to, this.base);
    try {
      for (let logins = 0; ; logins += 1) {
        const authorization = await this.#auth.header(grant);
        const reply = await this.#http.send({
          ...rest,
          url,
          repeat,
          classify: classifyRegistry,
          headers: {
            // A coded body would not be the bytes that the digest is of.
            'accept-encoding': 'identity',
            ...headers,
            ...(authorization === null ? {} : { authorization }),
          },
        });
        if (reply.status !== 401) return reply;
        const elsewhere = new URL(reply.url).origin !== this.base.origin;
        if (elsewhere || logins === maxLogins) {
          throw denied(
            what,
            this.base.host,
            grant.access,
            elsewhere ? 'it sends to a host that refuses' : '401 after a login',
          );
        }
        await this.#auth.learn(reply, authorization, grant);
      }
    } catch (error) {
      if (error instanceof Problem && error.code === 'OR-NET-UNREACHABLE') {
        throw unreachable(what, this.base.host, error.message, error);
      }
      throw error;
    }
  }
}

/** Finds the host of a repository and keeps its login for the next request. */
export function createHosts(
  http: Http,
  credentials: CredentialsOf,
  clock: () => number,
): (repository: string) => Place {
  const hosts = new Map<string, Host>();
  return (repository) => {
    const { registry, path } = parseRepository(repository);
    let host = hosts.get(registry);
    if (host === undefined) {
      host = new Host(http, registry, credentials, clock);
      hosts.set(registry, host);
    }
    return { repository, path, host };
  };
}
