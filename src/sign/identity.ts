import { Problem } from '../errors.ts';
import { isLoopback, printUrl } from '../net/hosts.ts';
import type { Http } from '../net/types.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What GitHub says of the job, in the token that it signs. Names as in GitHub's OpenID Connect reference. */
export interface Claims {
  readonly sub: string;
  readonly iss: string;
  /** `owner/name` */
  readonly repository: string;
  readonly repository_id: string;
  readonly repository_owner_id: string;
  readonly ref: string;
  readonly event_name: string;
  /** `owner/name/.github/workflows/release.yml@refs/tags/v1.2.3` */
  readonly workflow_ref: string;
  /** The workflow that the job stands in: another one than `workflow_ref` for a reusable workflow. */
  readonly job_workflow_ref: string;
  readonly runner_environment: string;
  readonly run_id: string;
  readonly run_attempt: string;
}

const claimNames = [
  'sub',
  'iss',
  'repository',
  'repository_id',
  'repository_owner_id',
  'ref',
  'event_name',
  'workflow_ref',
  'job_workflow_ref',
  'runner_environment',
  'run_id',
  'run_attempt',
] as const satisfies readonly (keyof Claims)[];

export interface Identity {
  /** A secret for some minutes. */
  readonly token: string;
  readonly claims: Claims;
}

export const permissionHint = 'give the job "permissions: id-token: write"; a pull request from a fork never has it';

/** Whether the job may ask for a token: the runner says where only with the permission `id-token: write`. */
export function hasIdentity(env: Env): boolean {
  return (env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '') !== '' && (env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '') !== '';
}

/** The job's identity, for one audience. Errors: OR-SIGN-IDENTITY. */
export async function requestIdentity(http: Http, env: Env, audience: string): Promise<Identity> {
  const from = env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '';
  const bearer = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
  if (!URL.canParse(from) || bearer === '') {
    throw new Problem('OR-SIGN-IDENTITY', 'the job has no identity to sign with', { hint: permissionHint });
  }
  const url = new URL(from);
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    throw new Problem('OR-SIGN-IDENTITY', `the identity of the job is offered without TLS, at ${printUrl(url)}`, {
      hint: 'ACTIONS_ID_TOKEN_REQUEST_URL is set by the runner; nothing else may set it',
    });
  }
  url.searchParams.set('audience', audience);
  const reply = await http.send({
    method: 'GET',
    url,
    headers: { accept: 'application/json', authorization: `Bearer ${bearer}` },
    repeat: 'always',
    maxBytes: 64 * 1024,
  });
  if (reply.status !== 200) {
    throw new Problem('OR-SIGN-IDENTITY', `GitHub gives the job no identity: ${url.host} answered ${reply.status}`, {
      hint: permissionHint,
    });
  }
  const body = reply.json();
  const token = typeof body === 'object' && body !== null && 'value' in body ? body.value : null;
  return readToken(typeof token === 'string' ? token : '');
}

/** The claims are read, not verified: that is for the authority that gets the token. */
function readToken(token: string): Identity {
  const claims = claimsOf(token);
  const missing = claimNames.filter((name) => typeof claims[name] !== 'string' || claims[name] === '');
  if (missing.length > 0) {
    throw new Problem('OR-SIGN-IDENTITY', `the identity of the job does not tell its ${missing.join(', ')}`, {
      hint: 'only the tokens of GitHub Actions are understood',
    });
  }
  return { token, claims: claims as unknown as Claims };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
