import { createGitHub } from './github/client.ts';
import type { GitHub } from './github/client.ts';
import type { Inputs } from './inputs.ts';
import type { Log } from './log.ts';
import { createHttp } from './net/http.ts';
import { createRegistry } from './registry/client.ts';
import type { Credentials, Registry } from './registry/types.ts';

export interface Clients {
  readonly registry: (log: Log, signal: AbortSignal) => Registry;
  /** Null without a token, and where the repository is unknown. */
  readonly github: (log: Log, signal: AbortSignal) => GitHub | null;
}

/** Clients that write what they retry into the log they are given. `repository`: `owner/name`, null when unknown. */
export function createClients(
  inputs: Inputs,
  env: Readonly<Record<string, string | undefined>>,
  repository: string | null,
): Clients {
  const password = inputs.registryPassword ?? inputs.githubToken;
  const username = inputs.registryUsername ?? env['GITHUB_ACTOR'] ?? 'operator-release';
  const credentials = (): Credentials | null => (password === undefined ? null : { username, password });
  return {
    registry: (log, signal) => createRegistry({ http: createHttp({ log, signal }), credentials }),
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
