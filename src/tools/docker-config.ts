import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import type { Credentials } from '../registry/types.ts';
import { isSecretName, tail } from './exec.ts';
import type { Exec } from './exec.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Fields = Readonly<Record<string, unknown>>;

/** What `docker login` and docker/login-action leave (docker/cli, cli/config/configfile). */
export interface DockerConfig {
  /** Holds config.json, and beside it plugins, contexts and builders. */
  readonly folder: string;
  /** config.json; empty where there is none. */
  readonly content: Fields;
  /** What helpers find their own login by, of the variables that a child does not get by itself. */
  readonly helperEnv: Readonly<Record<string, string>>;
}

/** Docker's own name for Docker Hub in its configuration. */
const hubKey = 'https://index.docker.io/v1/';
const hubHosts: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);
const helperMs = 20_000;
/**
 * Variables that the helpers of ECR, of Google's and of Azure's registries and the one for `pass` document. A helper for
 * GitHub needs none: GitHub's registries get the token of the inputs.
 */
const helperNames = /^(?:AWS|GOOGLE|CLOUDSDK|AZURE|PASSWORD_STORE)_/;
/** What a helper prints that has no login for a registry (docker-credential-helpers, credentials/error.go). */
const notFound = 'credentials not found in native keychain';

/** The user's own configuration; one that cannot be read counts as empty, as Docker itself only warns of it. */
export async function readDockerConfig(env: Env, log: Log): Promise<DockerConfig> {
  const given = env['DOCKER_CONFIG'] ?? '';
  const folder = given === '' ? join(env['HOME'] ?? homedir(), '.docker') : given;
  const helperEnv = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && helperNames.test(name) && isSecretName(name) ? [[name, value] as const] : [],
  );
  return {
    folder,
    content: await readJson(join(folder, 'config.json'), log),
    helperEnv: Object.fromEntries(helperEnv),
  };
}

/** Variables for a tool that asks the user's helpers itself, as buildx, Helm and ko do; none where there is no helper. */
export function envForHelpers({ content, helperEnv }: DockerConfig): Readonly<Record<string, string>> {
  const { credHelpers } = content;
  const hasHelper = 'credsStore' in content || (isFields(credHelpers) && Object.keys(credHelpers).length > 0);
  return hasHelper ? helperEnv : {};
}

/** A file with a JSON object; empty where there is none. */
export async function readJson(file: string, log: Log): Promise<Fields> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as unknown;
    if (isFields(value)) return value;
    log.warn(`${file} is not a JSON object; the logins in it are not used`);
  } catch (thrown) {
    const isMissing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    if (!isMissing) log.warn(`${file} cannot be read as JSON; the logins in it are not used`);
  }
  return {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The key of a registry in `auths` and `credHelpers`. */
export function loginKey(host: string): string {
  return hubHosts.has(host) ? hubKey : host;
}

/** `https://ghcr.io/v2/` and `ghcr.io` are the same registry. */
function hostOfKey(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return hubHosts.has(host) ? 'docker.io' : host;
}

/** The user's login at a registry, from the file or from the program that keeps it; null without one. */
export async function loginOf(config: DockerConfig, host: string, exec: Exec, log: Log): Promise<Credentials | null> {
  const wanted = hostOfKey(host);
  const entry = (section: unknown): unknown =>
    isFields(section) ? Object.entries(section).find(([key]) => hostOfKey(key) === wanted)?.[1] : undefined;
  const helper = entry(config.content['credHelpers']) ?? config.content['credsStore'];
  if (typeof helper === 'string' && /^[\w.-]+$/.test(helper)) {
    return askHelper(helper, loginKey(host), config.helperEnv, exec, log);
  }
  const login = entry(config.content['auths']);
  const auth = isFields(login) ? login['auth'] : undefined;
  if (typeof auth !== 'string') return null;
  const [username = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  const password = rest.join(':').replace(/\0+$/, '');
  return username === '' || password === '' ? null : { username, password };
}

/** The protocol of docker-credential-helpers: the registry to standard input, JSON back. */
async function askHelper(
  helper: string,
  key: string,
  env: DockerConfig['helperEnv'],
  exec: Exec,
  log: Log,
): Promise<Credentials | null> {
  try {
    const options = { input: key, env, allowFailure: true, timeoutMs: helperMs };
    const { exitCode, stdout, stderr } = await exec(`docker-credential-${helper}`, ['get'], options);
    if (exitCode !== 0) {
      const why = whyNone(stdout, stderr);
      if (why !== '')
        log.warn(`docker-credential-${helper} gives no login for ${key}, which is asked without one: ${why}`);
      return null;
    }
    const value = JSON.parse(stdout) as unknown;
    if (!isFields(value)) return null;
    const { Username: username, Secret: password } = value;
    // `<token>` stands for an identity token, which only Docker itself can exchange.
    if (typeof username !== 'string' || typeof password !== 'string' || username === '<token>') return null;
    return password === '' ? null : { username, password };
  } catch {
    log.warn(`docker-credential-${helper}, which keeps the login of ${key}, does not work`);
    return null;
  }
}

/** The protocol's way of an error is standard output. Some say there that there is no login, and why in the other one. */
function whyNone(stdout: string, stderr: string): string {
  const said = stdout.includes(notFound) || stdout.trimStart().startsWith('{') ? '' : stdout;
  return tail(stderr.trim() === '' ? said : stderr, 3)
    .replaceAll('\n', ' ')
    .trim();
}
