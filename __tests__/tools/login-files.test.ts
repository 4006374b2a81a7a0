import { existsSync } from 'node:fs';
import { mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tearDown } from '../../src/engine/cleanup.ts';
import { inputsFrom } from '../../src/inputs.ts';
import { BufferLog } from '../../src/log.ts';
import { createLogins } from '../../src/logins.ts';
import { envForHelpers, readDockerConfig } from '../../src/tools/docker-config.ts';
import { exec } from '../../src/tools/exec.ts';
import { writeLoginFiles } from '../../src/tools/login-files.ts';
import { scratch } from './fixtures.ts';

type Json = Readonly<Record<string, unknown>>;

const credentials = { username: 'octo', password: 'open-sesame' };
const basic = (user: string, password: string): { auth: string } => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});

let home = '';
let log: BufferLog;
beforeEach(async () => {
  home = await scratch();
  log = new BufferLog();
});

async function theirs(file: string, content: object | string): Promise<void> {
  await mkdir(join(home, file, '..'), { recursive: true });
  await writeFile(join(home, file), typeof content === 'string' ? content : JSON.stringify(content));
}

interface Written {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly docker: Json;
  readonly helm: Json;
}

async function write(host = 'ghcr.io', more: Readonly<Record<string, string>> = {}): Promise<Written> {
  const folder = join(home, 'temp', 'login');
  const env = await writeLoginFiles({ folder, host, credentials, env: { HOME: home, ...more }, log });
  const read = async (file: string): Promise<Json> => JSON.parse(await readFile(file, 'utf8')) as Json;
  return {
    folder,
    env,
    docker: await read(join(env['DOCKER_CONFIG'] ?? '', 'config.json')),
    helm: await read(env['HELM_REGISTRY_CONFIG'] ?? ''),
  };
}

describe('writeLoginFiles', () => {
  it('makes files of the run alone, for its user alone, which go with their folder', async () => {
    const { folder, env, docker, helm } = await write();
    expect(docker).toEqual({ auths: { 'ghcr.io': basic('octo', 'open-sesame') } });
    expect(helm).toEqual(docker);
    expect(env).toEqual({
      DOCKER_CONFIG: join(folder, 'docker'),
      BUILDX_CONFIG: join(home, '.docker/buildx'),
      HELM_REGISTRY_CONFIG: join(folder, 'helm.json'),
    });
    const modes = await Promise.all(
      [folder, join(folder, 'docker'), join(folder, 'docker/config.json'), join(folder, 'helm.json')].map(
        async (path) => ((await stat(path)).mode & 0o777).toString(8),
      ),
    );
    expect(modes).toEqual(['700', '700', '600', '600']);
    await tearDown([{ kind: 'folder', path: folder }], exec, log);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(join(home, '.docker'))).toBe(false);
  });

  it("keeps the user's logins and settings beside ours, and their files as they are", async () => {
    const config = {
      auths: { 'quay.io': basic('me', 'mine'), 'ghcr.io': basic('me', 'old') },
      credHelpers: { 'public.ecr.aws': 'ecr-login' },
      proxies: { default: { httpsProxy: 'http://proxy:3128' } },
    };
    await theirs('.docker/config.json', config);
    await theirs('.docker/cli-plugins/docker-buildx', '#!/bin/sh\n');
    await theirs('.config/helm/registry/config.json', { auths: { 'quay.io': basic('me', 'helm') } });
    const { docker, helm, env } = await write();
    expect(docker).toEqual({
      ...config,
      auths: { 'quay.io': basic('me', 'mine'), 'ghcr.io': basic('octo', 'open-sesame') },
    });
    expect(helm).toEqual({
      auths: { 'quay.io': basic('me', 'helm'), 'ghcr.io': basic('octo', 'open-sesame') },
    });
    expect(await readlink(join(env['DOCKER_CONFIG'] ?? '', 'cli-plugins'))).toBe(join(home, '.docker/cli-plugins'));
    expect(JSON.parse(await readFile(join(home, '.docker/config.json'), 'utf8'))).toEqual(config);
    expect(log.lines).toEqual([]);
  });

  it.each([
    ['a credentials store', { credsStore: 'desktop' }, { 'ghcr.io': '' }],
    [
      'a helper of the same host',
      { credHelpers: { 'ghcr.io': 'gh', 'gcr.io': 'gcloud' } },
      { 'ghcr.io': '', 'gcr.io': 'gcloud' },
    ],
  ])('is found beside %s', async (_, config, credHelpers) => {
    await theirs('.docker/config.json', config);
    expect((await write()).docker).toEqual({
      ...config,
      credHelpers,
      auths: { 'ghcr.io': basic('octo', 'open-sesame') },
    });
  });

  it('knows Docker Hub by the name that Docker gives it, and the places that variables give', async () => {
    await theirs('d/config.json', { detachKeys: 'ctrl-q' });
    await theirs('h.json', { auths: { 'quay.io': basic('me', 'helm') } });
    const { docker, helm, env } = await write('docker.io', {
      DOCKER_CONFIG: join(home, 'd'),
      HELM_REGISTRY_CONFIG: join(home, 'h.json'),
      BUILDX_CONFIG: '/builders',
    });
    expect(docker).toMatchObject({
      detachKeys: 'ctrl-q',
      auths: { 'https://index.docker.io/v1/': basic('octo', 'open-sesame') },
    });
    expect(Object.keys(helm['auths'] ?? {})).toEqual(['quay.io', 'https://index.docker.io/v1/']);
    expect(env['BUILDX_CONFIG']).toBe('/builders');
  });

  it('warns of a file that it cannot read, and goes on without it', async () => {
    await theirs('.docker/config.json', '{"auths": oops');
    await theirs('.config/helm/registry/config.json', '[]');
    const { docker, helm } = await write();
    expect(helm).toEqual(docker);
    expect(log.lines.join('\n')).toMatch(/docker\/config\.json cannot be read as JSON[\s\S]*is not a JSON object/);
  });
});

describe('createLogins', () => {
  const of = (
    given: Readonly<Record<string, string>>,
    registry: string,
    more: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof createLogins> =>
    createLogins(
      inputsFrom(new Map(Object.entries(given)), (name) => name),
      { HOME: home, GITHUB_ACTOR: 'mona', ...more },
      registry,
      exec,
      log,
    );
  const both = { 'github-token': 'ghs_token', 'registry-password': 'robot-key', 'registry-username': 'robot' };

  it('gives the inputs to the configured registry and to no other', async () => {
    const logins = of(both, 'quay.io/acme');
    expect(await logins.of('quay.io')).toEqual({ username: 'robot', password: 'robot-key' });
    expect(await logins.of('docker.io')).toBeNull();
    expect(await logins.of('evil.example')).toBeNull();
    expect(logins).toMatchObject({ host: 'quay.io', given: { username: 'robot' } });
  });

  it("gives GitHub's token to GitHub's registries and to this machine, and to no other company's", async () => {
    const token = { 'github-token': 'ghs_token' };
    const mona = { username: 'mona', password: 'ghs_token' };
    expect(await of(token, 'ghcr.io/acme').of('ghcr.io')).toEqual(mona);
    expect(await of(token, '127.0.0.1:5000/acme').of('127.0.0.1:5000')).toEqual(mona);
    expect(await of(token, '127.0.0.1:5000/acme').of('127.0.0.1:5001')).toBeNull();
    expect(of(token, 'quay.io/acme').given).toBeNull();
    expect(await of(token, 'quay.io/acme').of('quay.io')).toBeNull();
    expect(await of(token, 'quay.io/acme').of('ghcr.io')).toEqual(mona);
    const server = { GITHUB_SERVER_URL: 'https://git.acme.example' };
    expect(await of(token, 'containers.git.acme.example/acme', server).of('containers.git.acme.example')).toEqual(mona);
    expect(await of(token, 'containers.git.acme.example/acme').of('containers.git.acme.example')).toBeNull();
    expect(await of(token, 'ghcr.io.evil.example/acme').of('ghcr.io.evil.example')).toBeNull();
  });

  it('takes what docker login has left, where the inputs give nothing', async () => {
    await theirs('.docker/config.json', {
      auths: {
        'https://quay.io/v2/': basic('me', 'with:colon'),
        'https://index.docker.io/v1/': basic('hub', 'pat'),
        bad: {},
      },
    });
    const logins = of({ 'github-token': 'ghs_token' }, 'quay.io/acme');
    expect(await logins.of('quay.io')).toEqual({ username: 'me', password: 'with:colon' });
    expect(await logins.of('docker.io')).toEqual({ username: 'hub', password: 'pat' });
    expect(await logins.of('bad')).toBeNull();
    expect(await of({}, 'quay.io/acme').of('ghcr.io')).toBeNull();
  });

  it('asks the program that keeps a login', async () => {
    const helper = `#!/bin/sh
[ "$1" = get ] || exit 1
case "$(cat)" in
  registry.acme.example) echo '{"ServerURL":"registry.acme.example","Username":"me","Secret":"kept"}' ;;
  token.example) echo '{"Username":"<token>","Secret":"refresh"}' ;;
  broken.example) echo 'panic' ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`;
    await writeFile(join(home, 'docker-credential-kept'), helper, { mode: 0o755 });
    vi.stubEnv('PATH', `${home}:${process.env['PATH'] ?? ''}`);
    await theirs('.docker/config.json', {
      credsStore: 'kept',
      credHelpers: { 'gone.example': 'not-there', 'odd.example': '../x' },
    });
    const logins = of({}, 'ghcr.io/acme');
    expect(await logins.of('registry.acme.example')).toEqual({ username: 'me', password: 'kept' });
    for (const host of ['token.example', 'broken.example', 'unknown.example', 'gone.example', 'odd.example']) {
      expect(await logins.of(host), host).toBeNull();
    }
    vi.unstubAllEnvs();
    expect(log.lines.join('\n')).toContain(
      'docker-credential-not-there, which keeps the login of gone.example, does not work',
    );
  });

  describe('and a program that needs a login of its own', () => {
    const ecr = '123.dkr.ecr.eu-west-1.amazonaws.com';
    // As docker-credential-ecr-login: the cause to one output, the protocol's word to the other.
    const helper = `#!/bin/sh
host="$(cat)"
[ "$host" != none.example ] || { echo 'credentials not found in native keychain'; exit 1; }
[ "$host" != odd.example ] || { echo 'exit status 2: pass is not set up'; exit 1; }
[ -n "$AWS_SECRET_ACCESS_KEY" ] || { echo 'no EC2 IMDS role found' >&2; echo 'credentials not found in native keychain'; exit 1; }
echo '{"Username":"AWS","Secret":"'"$AWS_SECRET_ACCESS_KEY$AWS_SESSION_TOKEN$GITHUB_TOKEN"'"}'
`;
    beforeEach(async () => {
      await writeFile(join(home, 'docker-credential-ecr-login'), helper, { mode: 0o755 });
      await theirs('.docker/config.json', {
        credHelpers: { [ecr]: 'ecr-login', 'none.example': 'ecr-login', 'odd.example': 'ecr-login' },
      });
      vi.stubEnv('PATH', `${home}:${process.env['PATH'] ?? ''}`);
      vi.stubEnv('GITHUB_TOKEN', 'ghs_token');
    });
    afterEach(() => {
      vi.unstubAllEnvs();
    });
    const keys = { AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: '+session' };

    it('gets it, and no other secret', async () => {
      const logins = of({}, `${ecr}/acme`, { ...keys, GITHUB_TOKEN: 'ghs_token' });
      expect(await logins.of(ecr)).toEqual({ username: 'AWS', password: 'key+session' });
      expect(log.lines).toEqual([]);
    });

    it('is quoted where it fails, and not where it only knows no login', async () => {
      const logins = of({}, `${ecr}/acme`);
      for (const host of [ecr, 'none.example', 'odd.example']) expect(await logins.of(host), host).toBeNull();
      expect(log.lines).toEqual([
        `warning: docker-credential-ecr-login gives no login for ${ecr}, which is asked without one: no EC2 IMDS role found`,
        'warning: docker-credential-ecr-login gives no login for odd.example, which is asked without one: exit status 2: pass is not set up',
      ]);
    });

    it('is found so by the tools that ask it themselves, and by none where there is no such program', async () => {
      const env = { HOME: home, ...keys, AWS_REGION: 'eu-west-1', GITHUB_TOKEN: 'ghs_token', MY_SECRET: 'x' };
      expect(envForHelpers(await readDockerConfig(env, log))).toEqual(keys);
      await theirs('.docker/config.json', { auths: {}, credHelpers: {} });
      expect(envForHelpers(await readDockerConfig(env, log))).toEqual({});
    });
  });
});
