import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { Stop } from './stop.ts';

/** What outlives a run of the demo. */
export interface State {
  /** Where the registry keeps its content. */
  readonly registry: string;
  /** Where the GitHub stand-in keeps its releases. */
  readonly github: string;
  readonly ports: Ports;
}

/** Ports on loopback. They are part of image references and of links, so that every run has to have the same ones. */
interface Ports {
  readonly registry: number;
  readonly github: number;
}

const firstPort = 5050;

/** Opens or makes the folder. Errors: `Stop` when a port that an earlier run wrote into its release is taken now. */
export async function openState(folder: string, fresh: boolean): Promise<State> {
  const at = (name: string): string => resolve(join(folder, name));
  if (fresh)
    for (const name of ['registry', 'github', 'ports.json']) await rm(at(name), { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const known = await readFile(at('ports.json'), 'utf8').catch(() => null);
  const ports = known === null ? await choosePorts() : (JSON.parse(known) as Ports);
  if (known === null) await writeFile(at('ports.json'), `${JSON.stringify(ports)}\n`);
  for (const port of Object.values(ports) as number[]) {
    if (await isFree(port)) continue;
    throw new Stop(
      `port ${port} of 127.0.0.1 is taken, and the release in ${folder} names it: another demo may be running.\n` +
        'Free the port, or start anew on other ones: npm run demo -- --fresh',
    );
  }
  return { registry: at('registry'), github: at('github'), ports };
}

async function choosePorts(): Promise<Ports> {
  const registry = await nextFree(firstPort);
  return { registry, github: await nextFree(registry + 1) };
}

async function nextFree(from: number): Promise<number> {
  for (let port = from; port < from + 200; port += 1) if (await isFree(port)) return port;
  throw new Stop(`no port from ${from} to ${from + 199} is free on 127.0.0.1`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer()
      .once('error', () => settle(false))
      .listen(port, '127.0.0.1', () => server.close(() => settle(true)));
  });
}
