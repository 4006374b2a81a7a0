import { Problem } from '../errors.ts';
import type { Http, HttpReply } from '../net/types.ts';
import { parseChallenges } from './challenge.ts';
import { denied } from './errors.ts';
import type { Access } from './errors.ts';
import { basic, checkRealm, fetchToken } from './tokens.ts';
import type { Realm, Token } from './tokens.ts';
import type { Credentials } from './types.ts';

/** What a request needs to be allowed: `push` on a path includes `pull`. */
export interface Grant {
  readonly path: string;
  readonly access: Access;
  /** A second repository to read, for a mount. */
  readonly from?: string;
}

function scopesOf({ path, access, from }: Grant): string[] {
  const own = `repository:${path}:${access === 'push' ? 'pull,push' : 'pull'}`;
  return from === undefined ? [own] : [own, `repository:${from}:pull`];
}

type Way = { readonly kind: 'basic' } | { readonly kind: 'bearer'; readonly realm: Realm };

/** Logs in to one registry host, as that host asks for it. Tokens live in memory only. */
export class Auth {
  readonly #http: Http;
  readonly #registry: URL;
  readonly #find: () => Promise<Credentials | null>;
  readonly #clock: () => number;
  readonly #tokens = new Map<string, Promise<Token>>();
  readonly #writable = new Set<string>();
  #found: Promise<Credentials | null> | null = null;
  #way: Way | null = null;

  constructor(http: Http, registry: URL, credentials: () => Promise<Credentials | null>, clock: () => number) {
    this.#http = http;
    this.#registry = registry;
    this.#find = credentials;
    this.#clock = clock;
  }

  /** The `Authorization` to send; null as long as the registry has not asked for one. */
  async header(grant: Grant): Promise<string | null> {
    if (this.#way === null) return null;
    if (this.#way.kind === 'basic') {
      const credentials = await this.#credentials();
      return credentials === null ? null : basic(credentials);
    }
    return `Bearer ${(await this.#token(this.#way.realm, grant)).text}`;
  }

  /** Learns from a 401 how to log in. `sent` is the header that was refused. */
  async learn(reply: HttpReply, sent: string | null, grant: Grant): Promise<void> {
    const challenges = parseChallenges(reply.headers.get('www-authenticate'));
    const bearer = challenges.find(({ scheme, params }) => scheme === 'bearer' && params.has('realm'));
    if (bearer !== undefined) {
      const realm = checkRealm(this.#registry, bearer.params.get('realm') ?? '', bearer.params.get('service') ?? null);
      this.#way = { kind: 'bearer', realm };
      await this.#forget(sent);
      return;
    }
    if (!challenges.some(({ scheme }) => scheme === 'basic')) {
      throw new Problem('OR-REGISTRY-AUTH', `${this.#registry.host} offers no way to log in that is known here`, {
        hint: 'Basic and Bearer are known; check the name of the registry',
      });
    }
    const again = this.#way?.kind === 'basic' && sent !== null;
    if (again || (await this.#credentials()) === null) {
      const why = again ? 'it refuses the credentials' : 'it wants a login';
      throw denied('log in', this.#registry.host, grant.access, why);
    }
    this.#way = { kind: 'basic' };
  }

  /** Looked up when a registry asks for a login, and not before. */
  #credentials(): Promise<Credentials | null> {
    this.#found ??= this.#find();
    return this.#found;
  }

  /** Drops the refused token only: another request may have got a new one meanwhile. */
  async #forget(sent: string | null): Promise<void> {
    for (const [key, promise] of this.#tokens) {
      const token = await promise.catch(() => null);
      if (token === null || `Bearer ${token.text}` === sent) this.#tokens.delete(key);
    }
  }

  async #token(realm: Realm, grant: Grant): Promise<Token> {
    // Who may write may read: once there is a token to push, reads take it too.
    const wanted: Grant = this.#writable.has(grant.path) ? { ...grant, access: 'push' } : grant;
    const scopes = scopesOf(wanted);
    const key = scopes.join(' ');
    const cached = this.#tokens.get(key);
    if (cached !== undefined) {
      const token = await cached;
      if (token.until > this.#clock()) return token;
      // Unless another request has asked for a new one meanwhile.
      if (this.#tokens.get(key) === cached) this.#tokens.delete(key);
    }
    const running = this.#tokens.get(key);
    if (running !== undefined) return running;
    const { access } = wanted;
    const asked = this.#credentials().then((credentials) =>
      fetchToken(this.#http, this.#registry, realm, scopes, access, credentials, this.#clock),
    );
    this.#tokens.set(key, asked);
    asked.then(
      () => access === 'push' && this.#writable.add(grant.path),
      () => this.#tokens.delete(key),
    );
    return asked;
  }
}
