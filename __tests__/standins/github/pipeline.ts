import { type Call, failure, notFound, rateLimits, type Reply, type Urls } from './call.ts';
import { githubContract, type Match } from './contract.ts';
import type { Fault, Faults } from './faults.ts';
import { addAsset, renamed } from './handlers/assets.ts';
import { download, fromStorage, undescribed } from './downloads.ts';
import { answerGraphql } from './handlers/graphql.ts';
import { handlers, indexes, needsWrite, writes } from './handlers/index.ts';
import type { Access, Logged, Repository, State } from './model.ts';
import type { World } from './world.ts';

export interface Incoming {
  readonly side: 'api' | 'upload';
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Buffer;
}

const upload = 'repos/upload-release-asset';

/** Takes a request from arrival to reply; null cuts the connection. */
export class Pipeline {
  readonly requests: Logged[] = [];
  /** Requests and replies that GitHub's description does not allow. Empty in a good test. */
  readonly violations: string[] = [];
  readonly #world: World;
  readonly #faults: Faults;
  readonly #tokens: Readonly<Record<string, Access>>;
  readonly #urls: Urls;
  readonly #watch: ((state: State) => void) | undefined;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(
    world: World,
    faults: Faults,
    tokens: Readonly<Record<string, Access>>,
    urls: Urls,
    watch?: (state: State) => void,
  ) {
    this.#watch = watch;
    this.#world = world;
    this.#faults = faults;
    this.#tokens = tokens;
    this.#urls = urls;
  }

  async answer(incoming: Incoming): Promise<Reply | null> {
    const { method, url, side } = incoming;
    const path = url.pathname + url.search;
    const match = side === 'api' && url.pathname === '/graphql' ? null : this.#match(incoming);
    const operation = match?.operation.id ?? undescribed(side, url);
    const n = this.requests.length + 1;
    const requestId = `STAND:${String(n).padStart(4, '0')}`;
    const fault = this.#faults.take(method, path, operation, incoming.raw);
    const entry: Logged = {
      n,
      method,
      path,
      operation,
      status: 0,
      write: writes.has(operation),
      requestId,
      fault: fault?.kind ?? null,
    };
    this.requests.push(entry);
    const reply = await this.#faulty(fault, incoming, match, operation);
    entry.status = reply?.status ?? 0;
    return reply === null
      ? null
      : {
          ...reply,
          headers: { ...rateLimits(n, this.#world.now()), ...reply.headers, 'x-github-request-id': requestId },
        };
  }

  async #faulty(
    fault: Fault | null,
    incoming: Incoming,
    match: Match | null,
    operation: string,
  ): Promise<Reply | null> {
    if (fault?.run !== undefined) {
      await fault.run(this.#world);
      this.#world.save();
    }
    if (fault?.kind === 'reset-before') return null;
    if (fault?.kind === 'status') return spoiled(fault, 500);
    if (fault?.kind === 'moved') return this.#moved(incoming, fault);
    const given = operation === upload ? stored(incoming, fault) : incoming;
    const reply = await this.#inTurn(operation, () => this.#serve(given, match, operation, fault));
    fault?.then?.();
    if (fault?.kind === 'truncated' && reply.raw !== undefined) return { ...reply, raw: reply.raw.subarray(0, -1) };
    if (fault?.kind === 'cut-reply') return { ...reply, cut: true };
    if (fault?.kind === 'reset-after') return null;
    if (fault?.kind === 'lost-reply' || fault?.kind === 'starter') return spoiled(fault, 502);
    return reply;
  }

  /** As after a rename: by the repository's number the same thing is found. */
  #moved({ side, url }: Incoming, fault: Fault): Reply {
    const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(.*)$/.exec(url.pathname) ?? [];
    const id = this.#world.repository(`${owner}/${name}`)?.id;
    if (id === undefined) return notFound;
    const host = side === 'upload' ? this.#urls.upload : this.#urls.api;
    const location = `${host}/repositories/${id}${rest}${url.search}`;
    const body = { message: 'Moved Permanently', url: location, documentation_url: 'https://docs.github.com/rest' };
    return { status: fault.status ?? 307, headers: { location }, body };
  }

  /** Changes are made one after the other, as in a database. */
  async #inTurn(operation: string, serve: () => Promise<Reply>): Promise<Reply> {
    if (!writes.has(operation)) return serve();
    const turn = this.#lastWrite.then(serve);
    this.#lastWrite = turn.catch(() => undefined);
    return turn;
  }

  async #serve(incoming: Incoming, match: Match | null, operation: string, fault: Fault | null): Promise<Reply> {
    const { url, headers } = incoming;
    if (operation === 'storage') {
      if (headers['authorization'] !== undefined) return this.#violation('the token was sent to the storage host');
      return fromStorage(this.#world, url);
    }
    if (operation === 'download') return download(this.#world, this.#urls, url);
    const token = /^(?:token|bearer) (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
    const access = token === undefined ? undefined : this.#tokens[token];
    if (access === undefined) return failure(401, token === undefined ? 'Requires authentication' : 'Bad credentials');
    if (headers['user-agent'] === undefined) return failure(403, 'Request forbidden by administrative rules.');
    const json = operation === upload ? undefined : parse(incoming.raw);
    const callFor = (repository: Repository): Call => this.#call(incoming, match, repository, access, json);
    if (operation === 'graphql') {
      const find = (fullName: string): Call | null => {
        const found = this.#world.repository(fullName);
        return found === undefined ? null : callFor(this.#seen(found, operation, fault));
      };
      return (
        (await answerGraphql(find, json)) ??
        this.#violation(`GraphQL query unknown to the stand-in: ${incoming.raw.toString()}`)
      );
    }
    const handler = handlers[operation];
    if (match === null || handler === undefined)
      return this.#violation(`${incoming.method} ${url.pathname}: not an endpoint of GitHub that the stand-in knows`);
    const wrong = githubContract().checkRequest(match, url.searchParams, json);
    if (wrong.length > 0) return this.#violation(...wrong);
    const repository = this.#world.repository(`${match.params['owner'] ?? ''}/${match.params['repo'] ?? ''}`);
    if (repository === undefined) return notFound;
    if (needsWrite.has(operation) && access !== 'write') return failure(403, 'Resource not accessible by integration');
    const call = callFor(this.#seen(repository, operation, fault));
    if (writes.has(operation)) this.#world.remember(repository);
    if (fault?.kind === 'starter') {
      const release = repository.releases.find((r) => r.id === Number(match.params['release_id']));
      if (release !== undefined) addAsset(call, release, renamed(url.searchParams.get('name') ?? ''), null);
      this.#changed();
      return notFound;
    }
    const reply = await handler(call);
    if (writes.has(operation)) this.#changed();
    const bad = reply.status === 302 ? [] : githubContract().checkReply(match.operation, reply.status, reply.body);
    return bad.length > 0 ? this.#violation(...bad) : reply;
  }

  /** What a request gets to see of the repository. */
  #seen(repository: Repository, operation: string, fault: Fault | null): Repository {
    if (fault?.kind === 'stale') return this.#world.stale(repository);
    return indexes.has(operation) ? this.#world.indexed(repository) : repository;
  }

  #call(incoming: Incoming, match: Match | null, repository: Repository, access: Access, json: unknown): Call {
    return {
      world: this.#world,
      repository,
      params: match?.params ?? {},
      query: incoming.url.searchParams,
      body: (json ?? {}) as Record<string, unknown>,
      raw: incoming.raw,
      headers: incoming.headers,
      access,
      urls: this.#urls,
      now: this.#world.now(),
      path: incoming.url.pathname,
    };
  }

  #match({ method, url, side }: Incoming): Match | null {
    // After a rename GitHub sends clients to the repository's number.
    const numbered = /^\/repositories\/(\d+)(.*)$/.exec(url.pathname);
    const repository = this.#world.state.repositories.find((r) => r.id === Number(numbered?.[1]));
    const path =
      repository === undefined ? url.pathname : `/repos/${repository.owner}/${repository.name}${numbered?.[2] ?? ''}`;
    const match = githubContract().match(method, path);
    return (match?.operation.id === upload) === (side === 'upload') ? match : null;
  }

  #changed(): void {
    this.#world.save();
    try {
      this.#watch?.(this.#world.state);
    } catch (error) {
      this.violations.push(String(error));
    }
  }

  #violation(...found: readonly string[]): Reply {
    this.violations.push(...found);
    return failure(500, `stand-in: ${found.join('; ')}`);
  }
}

/** What arrives of an upload. */
function stored(incoming: Incoming, fault: Fault | null): Incoming {
  const { raw } = incoming;
  if (fault?.kind === 'truncated') return { ...incoming, raw: raw.subarray(0, -1) };
  if (fault?.kind === 'corrupt') return { ...incoming, raw: Buffer.concat([raw.subarray(0, -1), Buffer.from('~')]) };
  return incoming;
}

function spoiled(fault: Fault, status: number): Reply {
  const body = fault.body ?? { message: 'Server Error' };
  const headers = fault.headers ?? {};
  if (typeof body !== 'string') return { status: fault.status ?? status, body, headers };
  return {
    status: fault.status ?? status,
    raw: Buffer.from(body),
    headers: { 'content-type': 'text/html', ...headers },
  };
}

function parse(raw: Buffer): unknown {
  return raw.length === 0 ? undefined : JSON.parse(raw.toString());
}
