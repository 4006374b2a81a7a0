import type { Inputs } from './inputs.ts';
import type { Log } from './log.ts';
import { isLoopback } from './net/hosts.ts';
import type { Credentials } from './registry/types.ts';
import { loginOf, readDockerConfig } from './tools/docker-config.ts';
import type { Exec } from './tools/exec.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Logins {
  /** The configured registry, `host[:port]`. */
  readonly host: string;
  /** What the inputs give for it; null where they give nothing, so that the user's own login counts. */
  readonly given: Credentials | null;
  /** The login at any registry; null for none. */
  readonly of: (host: string) => Promise<Credentials | null>;
}

/**
 * Which credentials go where. The inputs' are for the configured registry and no other host. GitHub's token is for GitHub's
 * own registry (and for one on this machine): no other company's gets it. Everywhere else, and without inputs, what
 * `docker login` or docker/login-action has left counts.
 * `registry`: the configured one, `host[:port]/path`.
 */
export function createLogins(inputs: Inputs, env: Env, registry: string, exec: Exec, log: Log): Logins {
  const configured = registry.split('/')[0] ?? '';
  const actor = env['GITHUB_ACTOR'] ?? 'operator-release';
  const { githubToken, registryPassword, registryUsername: username = actor } = inputs;
  const takesToken = isGitHubs(configured, env) || isLoopback(new URL(`http://${configured}`).hostname);
  const password = registryPassword ?? (takesToken ? githubToken : undefined);
  const given = password === undefined ? null : { username, password };

  const known = new Map<string, Promise<Credentials | null>>();
  const find = async (host: string): Promise<Credentials | null> => {
    if (host === configured && given !== null) return given;
    if (githubToken !== undefined && isGitHubs(host, env)) return { username: actor, password: githubToken };
    return loginOf(await readDockerConfig(env, log), host, exec, log);
  };
  return {
    host: configured,
    given,
    of: (host) => {
      const found = known.get(host) ?? find(host);
      known.set(host, found);
      return found;
    },
  };
}

/** ghcr.io, and the registry of a GitHub Enterprise server. */
function isGitHubs(host: string, env: Env): boolean {
  const server = env['GITHUB_SERVER_URL'] ?? '';
  const own = URL.canParse(server) ? new URL(server).host : 'github.com';
  return host === 'ghcr.io' || host === 'docker.pkg.github.com' || host === `containers.${own}`;
}
