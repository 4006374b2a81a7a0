import { createGitHub } from './github/client.ts';
import type { GitHub } from './github/client.ts';
import type { Inputs } from './inputs.ts';
import type { Log } from './log.ts';
import type { Logins } from './logins.ts';
import { createHttp } from './net/http.ts';
import type { Http } from './net/types.ts';
import { createRegistry } from './registry/client.ts';
import type { Registry } from './registry/types.ts';

export interface Clients {
  readonly http: (log: Log, signal: AbortSignal) => Http;
  /** Null without a token, and where the repository is unknown. */
  readonly github: (log: Log, signal: AbortSignal) => GitHub | null;
}

export interface RegistryClients {
  /** For work: waits for a registry that is away for a minute. */
  readonly registry: (log: Log, signal: AbortSignal) => Registry;
  /** For the first look: a name that nobody knows or a port that nobody listens at is told at once. */
  readonly firstLook: (log: Log, signal: AbortSignal) => Registry;
}

/** Tries at a registry at which nobody answers, before there is any work that a wait could save. */
const firstTries = 2;

/** Clients that write what they retry into the log they are given. `repository`: `owner/name`, null when unknown. */
export function createClients(
  inputs: Inputs,
  env: Readonly<Record<string, string | undefined>>,
  repository: string | null,
): Clients {
  return {
    http: (log, signal) => createHttp({ log, signal }),
    github: (log, signal) =>
      inputs.githubToken === undefined || repository === null
        ? null
        : createGitHub({
            token: inputs.githubToken,
            apiUrl: env['GITHUB_API_URL'] ?? 'https://api.github.com',
            repository,
            http: createHttp({ log, signal }),
            log,
          }),
  };
}

export function createRegistryClients({ of: credentials }: Logins): RegistryClients {
  return {
    registry: (log, signal) => createRegistry({ http: createHttp({ log, signal }), credentials }),
    firstLook: (log, signal) =>
      createRegistry({ http: createHttp({ log, signal, unansweredTries: firstTries }), credentials }),
  };
}
