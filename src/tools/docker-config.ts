import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import type { Credentials } from '../registry/types.ts';
import type { Exec } from './exec.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Fields = Readonly<Record<string, unknown>>;

/** What `docker login` and docker/login-action leave (docker/cli, cli/config/configfile). */
export interface DockerConfig {
  /** Holds config.json, and beside it plugins, contexts and builders. */
  readonly folder: string;
  /** config.json; empty where there is none. */
  readonly content: Fields;
}

/** Docker's own name for Docker Hub in its configuration. */
const hubKey = 'https://index.docker.io/v1/';
const hubHosts: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);
const helperMs = 20_000;

/** The user's own configuration; one that cannot be read counts as empty, as Docker itself only warns of it. */
export async function readDockerConfig(env: Env, log: Log): Promise<DockerConfig> {
  const given = env['DOCKER_CONFIG'] ?? '';
  const folder = given === '' ? join(env['HOME'] ?? homedir(), '.docker') : given;
  return { folder, content: await readJson(join(folder, 'config.json'), log) };
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
  if (typeof helper === 'string' && /^[\w.-]+$/.test(helper)) return askHelper(helper, loginKey(host), exec, log);
  const login = entry(config.content['auths']);
  const auth = isFields(login) ? login['auth'] : undefined;
  if (typeof auth !== 'string') return null;
  const [username = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  const password = rest.join(':').replace(/\0+$/, '');
  return username === '' || password === '' ? null : { username, password };
}

/** The protocol of docker-credential-helpers: the registry to standard input, JSON back. */
async function askHelper(helper: string, key: string, exec: Exec, log: Log): Promise<Credentials | null> {
  try {
    const options = { input: key, allowFailure: true, timeoutMs: helperMs };
    const { exitCode, stdout } = await exec(`docker-credential-${helper}`, ['get'], options);
    if (exitCode !== 0) return null;
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
