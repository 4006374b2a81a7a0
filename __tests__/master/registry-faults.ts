import { asJson, ociError } from '../registry/fault-proxy.ts';
import type { Answer, Fault as ProxyFault } from '../registry/fault-proxy.ts';
import { page } from './fault.ts';
import type { FaultKind, Reach } from './fault.ts';
import { registryRequest } from './requests.ts';
import type { Request } from './requests.ts';
import type { World } from './world.ts';

/** Faults of a registry, by the rows of table 3b. */

const forever = Number.POSITIVE_INFINITY;

/** Strikes at one request and, when `times` says so, at as many of the next of its name; `rest`: at all that follow. */
export function breakAt(
  { proxy }: World,
  { what, nth }: Request,
  fault: ProxyFault,
  { times = 1, rest = false }: { readonly times?: number; readonly rest?: boolean } = {},
): () => boolean {
  let struck = false;
  let met = 0;
  proxy.add({
    times: rest ? forever : times,
    fault,
    when: (seen) => {
      const isIt = registryRequest(seen).what === what;
      if (isIt) met += 1;
      const hit = (isIt && met >= nth) || (rest && struck);
      struck ||= hit;
      return hit;
    },
  });
  return () => struck;
}

function fault(
  row: string,
  what: string,
  reach: Reach,
  fits: (request: Request) => boolean,
  injected: ProxyFault,
  {
    ends = 'released',
    ...options
  }: { readonly times?: number; readonly rest?: boolean; readonly ends?: FaultKind['ends'] } = {},
): FaultKind {
  return {
    row,
    what,
    reach,
    ends,
    fits: (request) => request.side === 'registry' && fits(request),
    arm: (world, request) => breakAt(world, request, injected, options),
  };
}

const any = (): boolean => true;
const of =
  (...kinds: readonly string[]) =>
  ({ kind }: Request): boolean =>
    kinds.includes(kind);
const notToken = (request: Request): boolean => !of('GET token')(request);
/** Without the commit's own tag: when that is not seen, nothing was tested yet, and the image is built anew. */
const manifests = (request: Request): boolean =>
  of('GET manifest', 'HEAD manifest')(request) && !request.what.includes(':sha-');

function says(
  status: number,
  code: string,
  message = '',
  headers: Record<string, string> = {},
): { reply: { status: number; headers: Record<string, string>; body: string } } {
  return { reply: { status, headers: { ...asJson, ...headers }, body: ociError(code, message) } };
}

const headers = (change: Record<string, string | undefined>): ProxyFault => ({
  change: (answer: Answer): Answer => {
    const changed: Record<string, string | string[]> = { ...answer.headers };
    for (const [name, value] of Object.entries(change)) {
      Reflect.deleteProperty(changed, name);
      if (value !== undefined) changed[name] = value;
    }
    return { ...answer, headers: changed };
  },
});

const wrongDigest = `sha256:${'0'.repeat(64)}`;
const limited = 'denied: permission_denied: You have exceeded a secondary rate limit';
const tooMany = (header: Record<string, string>): ProxyFault => says(429, 'TOOMANYREQUESTS', 'slow down', header);

const anywhere: readonly FaultKind[] = [
  fault('R13', '500 with a page of HTML', 'three', any, { reply: { status: 500, body: page } }),
  fault('R13', 'the connection breaks before', 'every', any, { reset: 'before' }),
  ...[408, 499, 502, 504, 522].map((status) =>
    fault('R13', `${status}`, 'one', any, { reply: { status, body: page } }),
  ),
  fault('R13', '503, Retry-After: 2', 'one', any, {
    reply: { status: 503, headers: { 'retry-after': '2' }, body: page },
  }),
  fault('R13', 'the reply breaks off', 'three', ({ kind }) => kind.startsWith('GET '), { truncate: 10 }),
  fault('R5', '429', 'three', any, tooMany({})),
  fault('R5', '429, Retry-After: 1', 'one', any, tooMany({ 'retry-after': '1' })),
  fault('R5', '429, Retry-After: 0', 'one', any, tooMany({ 'retry-after': '0' })),
  fault('R5', '429, Retry-After: soon', 'one', any, tooMany({ 'retry-after': 'soon' })),
  fault('R4', '403 secondary limit, no header', 'three', any, says(403, 'DENIED', limited)),
  fault('R4', '403 secondary limit, Retry-After: 3', 'one', any, says(403, 'DENIED', limited, { 'retry-after': '3' })),
  fault('R4', '403 without a reason', 'one', any, { reply: { status: 403 } }),
  fault('R4', '403 denied from here on', 'three', any, says(403, 'DENIED', 'permission_denied: write_package'), {
    rest: true,
    ends: 'failed',
  }),
  fault(
    'R3',
    '401 with a realm in a private network',
    'one',
    notToken,
    says(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Bearer realm="http://10.1.2.3/token",service="x"' }),
    // What stays of a cancelled upload is the registry's.
    { ends: 'either' },
  ),
  {
    row: 'R5',
    what: '429, Retry-After: a date',
    reach: 'one',
    fits: ({ side }) => side === 'registry',
    arm: (world, request) =>
      breakAt(world, request, tooMany({ 'retry-after': new Date(Date.now() + 5000).toUTCString() })),
  },
  {
    row: 'R1',
    what: 'the token ends right here',
    reach: 'three',
    fits: (request) => request.side === 'registry' && notToken(request),
    arm: (world, request) => breakAt(world, request, { meanwhile: () => world.proxy.expireTokens() }),
  },
  {
    row: 'R2',
    what: 'from here on tokens only for reading',
    reach: 'one',
    // Too late when nothing is left to write.
    ends: 'either',
    fits: (request) => request.side === 'registry',
    arm: (world, request) => {
      const meanwhile = (): void => {
        world.grant = (scopes) => scopes.map((scope) => scope.replace('pull,push', 'pull'));
        world.proxy.expireTokens();
      };
      return breakAt(world, request, { meanwhile });
    },
  },
];

const tokens: readonly FaultKind[] = [
  fault('R1', 'no expires_in, access_token for token', 'three', of('GET token'), {
    change: (answer) => {
      const { token } = JSON.parse(answer.body.toString()) as { token: string };
      return { ...answer, body: Buffer.from(JSON.stringify({ access_token: token })) };
    },
  }),
  fault('R1', '401, it refuses the login from here on', 'one', of('GET token'), says(401, 'UNAUTHORIZED'), {
    rest: true,
    ends: 'failed',
  }),
  fault(
    'R1',
    '200 without a token',
    'one',
    of('GET token'),
    { reply: { status: 200, headers: asJson, body: '{}' } },
    { ends: 'failed' },
  ),
  fault(
    'R3',
    'it redirects',
    'one',
    of('GET token'),
    {
      reply: { status: 307, headers: { location: 'http://127.0.0.1:1/token' } },
    },
    { ends: 'failed' },
  ),
];

const uploads: readonly FaultKind[] = [
  fault('R6', 'Location relative', 'every', of('POST upload'), {
    change: (answer) => {
      const location = new URL(String(answer.headers['location']), 'http://registry');
      return { ...answer, headers: { ...answer.headers, location: `${location.pathname}${location.search}` } };
    },
  }),
  fault(
    'R6',
    'Location at another host',
    'every',
    of('POST upload'),
    headers({ location: 'https://example.com/v2/' }),
    { ends: 'failed' },
  ),
  fault('R6', 'no Location', 'every', of('POST upload'), headers({ location: undefined }), { ends: 'failed' }),
  fault('R7', '404 BLOB_UPLOAD_UNKNOWN', 'every', of('PUT upload'), says(404, 'BLOB_UPLOAD_UNKNOWN')),
  fault('R7', '404 BLOB_UPLOAD_INVALID', 'every', of('PUT upload'), says(404, 'BLOB_UPLOAD_INVALID')),
  fault('R8', '416', 'every', of('PUT upload', 'PATCH upload'), { reply: { status: 416 } }),
  fault('R8', 'half of it arrives', 'every', of('PUT upload', 'PATCH upload'), { halfway: true }),
  fault('R9', '400 DIGEST_INVALID', 'every', of('PUT upload'), says(400, 'DIGEST_INVALID'), { ends: 'failed' }),
  fault('R9', '400 SIZE_INVALID', 'every', of('PUT upload'), says(400, 'SIZE_INVALID'), { ends: 'failed' }),
];

const contents: readonly FaultKind[] = [
  fault('R13', 'done, 502 instead of the reply', 'every', ({ kind }) => /^(PUT|POST|DELETE) /.test(kind), {
    lost: 502,
  }),
  fault('R13', 'done, then the connection breaks', 'every', ({ kind }) => /^(PUT|POST|DELETE) /.test(kind), {
    reset: 'after',
  }),
  fault('R10', '404 MANIFEST_BLOB_UNKNOWN', 'every', of('PUT manifest'), says(404, 'MANIFEST_BLOB_UNKNOWN')),
  fault('R10', '400 MANIFEST_BLOB_UNKNOWN', 'every', of('PUT manifest'), says(400, 'MANIFEST_BLOB_UNKNOWN')),
  fault('R11', '404 MANIFEST_UNKNOWN', 'every', manifests, says(404, 'MANIFEST_UNKNOWN')),
  fault('R11', '404 MANIFEST_UNKNOWN three times', 'every', manifests, says(404, 'MANIFEST_UNKNOWN'), { times: 3 }),
  fault(
    'R14',
    'another Docker-Content-Digest',
    'three',
    of('PUT manifest', 'GET manifest', 'HEAD manifest'),
    {
      change: (answer) =>
        answer.status < 300
          ? { ...answer, headers: { ...answer.headers, 'docker-content-digest': wrongDigest } }
          : answer,
    },
    { ends: 'either' },
  ),
  fault(
    'R14',
    'no Docker-Content-Digest',
    'three',
    of('PUT manifest', 'GET manifest', 'HEAD manifest'),
    headers({ 'docker-content-digest': undefined }),
  ),
  fault(
    'R14',
    'other bytes than asked for',
    'three',
    of('GET blob', 'GET manifest'),
    {
      change: (answer) =>
        answer.status === 200
          ? { ...answer, body: Buffer.concat([answer.body.subarray(0, -1), Buffer.from('~')]) }
          : answer,
    },
    { ends: 'either' },
  ),
];

export const registryFaults: readonly FaultKind[] = [...anywhere, ...tokens, ...uploads, ...contents];
