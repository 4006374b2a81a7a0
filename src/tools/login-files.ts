import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import type { Credentials } from '../registry/types.ts';
import { isFields, loginKey, readDockerConfig, readJson } from './docker-config.ts';

export interface LoginFiles {
  /** Does not exist yet; its removal is arranged for. */
  readonly folder: string;
  /** The registry, `host[:port]`. */
  readonly host: string;
  readonly credentials: Credentials;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/**
 * Gives tools the login of the registry by configuration files of this run alone: the user's own files stay as they are, and
 * their logins, plugins, contexts and builders count as before. Returns the variables for a tool that is to have the login;
 * the project's own commands must not get them.
 */
export async function writeLoginFiles(files: LoginFiles): Promise<Readonly<Record<string, string>>> {
  const { folder, env } = files;
  const docker = await writeDockerConfig(files, join(folder, 'docker'));
  const helm = join(folder, 'helm.json');
  await writeConfig(helm, withLogin(await readJson(helmConfig(env), files.log), files));
  return { DOCKER_CONFIG: docker.private, BUILDX_CONFIG: docker.builders, HELM_REGISTRY_CONFIG: helm };
}

async function writeDockerConfig(files: LoginFiles, folder: string): Promise<{ private: string; builders: string }> {
  const { env, host, log } = files;
  const own = await readDockerConfig(env, log);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(own.folder).catch(() => [])) {
    if (name !== 'config.json') await symlink(join(own.folder, name), join(folder, name));
  }
  const content = withLogin(own.content, files);
  // Without a helper of its own the host would be looked up in the credentials store, which does not have the login.
  const helpers = isFields(content['credHelpers']) ? content['credHelpers'] : {};
  const needsFile = 'credsStore' in content || loginKey(host) in helpers;
  const credHelpers = needsFile ? { credHelpers: { ...helpers, [loginKey(host)]: '' } } : {};
  await writeConfig(join(folder, 'config.json'), { ...content, ...credHelpers });
  const given = env['BUILDX_CONFIG'] ?? '';
  // A builder of this run has to be found when it is removed, without these files.
  return { private: folder, builders: given === '' ? join(own.folder, 'buildx') : given };
}

function withLogin(
  content: Readonly<Record<string, unknown>>,
  { host, credentials: { username, password } }: LoginFiles,
): Readonly<Record<string, unknown>> {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const auths = isFields(content['auths']) ? content['auths'] : {};
  return { ...content, auths: { ...auths, [loginKey(host)]: { auth } } };
}

/** Never readable by others, not for a moment. */
async function writeConfig(file: string, content: Readonly<Record<string, unknown>>): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

/** Where Helm keeps its logins (helm.sh/docs/helm/helm, HELM_REGISTRY_CONFIG). */
function helmConfig(env: LoginFiles['env']): string {
  const given = env['HELM_REGISTRY_CONFIG'] ?? '';
  if (given !== '') return given;
  const home = env['HOME'] ?? homedir();
  const config = env['HELM_CONFIG_HOME'] ?? join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'helm');
  return join(config, 'registry', 'config.json');
}
