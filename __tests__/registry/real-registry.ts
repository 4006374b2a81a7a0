import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const module_ = 'github.com/distribution/distribution/v3/cmd/registry@v3.1.2';
/** For a hook that starts a registry: without one on PATH it is built first. */
export const startTimeout = 600_000;

const cache = join(import.meta.dirname, '../../.cache/bin');

/** Accepted by a registry started with `login: true`; the line below is the bcrypt form of the password. */
export const login = { username: 'octo', password: 'open-sesame' } as const;
const htpasswd = 'octo:$2b$04$InG5XPP/mJZeLeSmul8EtORzT9LPhHfXRRKwAUK3STpmVpWXbKwk6\n';

export interface RealRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** Ends the server; its folder goes too when it was a temporary one. */
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Keeps what is pushed; default a temporary folder. */
  readonly folder?: string;
  /** Keep nothing, in memory: for tests of very many pushes. */
  readonly memory?: boolean;
  /** Ask for `login` by Basic authentication. */
  readonly login?: boolean;
  /** Default: a free one. */
  readonly port?: number;
}

/** The path of a tool on PATH, null when it is not there. */
export async function which(tool: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, tool);
    if (await isProgram(file)) return file;
  }
  return null;
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The `registry` of the distribution project: from PATH, else built once from its Go module. */
async function registryBinary(): Promise<string> {
  const found = await which('registry');
  if (found !== null) return found;
  const built = join(cache, 'registry');
  if (!(await isProgram(built))) {
    await mkdir(cache, { recursive: true });
    await promisify(execFile)('go', ['install', module_], { env: { ...process.env, GOBIN: cache } });
  }
  return built;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(host: string): Promise<boolean> {
  return fetch(`http://${host}/v2/`).then(
    async (reply) => {
      await reply.arrayBuffer();
      return true;
    },
    () => false,
  );
}

/** Starts a real registry on loopback, with deletion enabled, and waits until it answers. */
export async function startRegistry(options: RegistryOptions = {}): Promise<RealRegistry> {
  const binary = await registryBinary();
  const temporary = await mkdtemp(join(tmpdir(), 'registry-'));
  const folder = options.folder ?? join(temporary, 'data');
  const host = `127.0.0.1:${options.port ?? (await freePort())}`;
  const passwords = join(temporary, 'htpasswd');
  await writeFile(passwords, htpasswd);
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      ...(options.memory === true ? { inmemory: {} } : { filesystem: { rootdirectory: folder } }),
      delete: { enabled: true },
    },
    http: { addr: host },
    ...(options.login === true ? { auth: { htpasswd: { realm: 'test', path: passwords } } } : {}),
  };
  // JSON is YAML.
  await writeFile(join(temporary, 'config.yaml'), JSON.stringify(config));
  const child = spawn(binary, ['serve', join(temporary, 'config.yaml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  const ended = once(child, 'exit');
  const orphan = (): boolean => child.kill('SIGKILL');
  process.once('exit', orphan);

  for (let tries = 0; !(await answers(host)); tries += 1) {
    if (child.exitCode !== null || tries > 200) throw new Error(`registry does not start on ${host}: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    host,
    stop: async () => {
      process.off('exit', orphan);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await ended;
      await rm(temporary, { recursive: true, force: true });
    },
  };
}
