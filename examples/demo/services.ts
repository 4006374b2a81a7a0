import { startRegistry, which } from '../../__tests__/registry/real-registry.ts';
import { startGitHub } from '../../__tests__/standins/github/index.ts';
import type { GitHubStandIn } from '../../__tests__/standins/github/index.ts';
import { silent } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRegistry } from '../../src/registry/client.ts';
import type { Registry } from '../../src/registry/types.ts';
import { startCountingProxy } from './counting-proxy.ts';
import type { CountingProxy } from './counting-proxy.ts';
import type { Report } from './report.ts';
import type { State } from './state.ts';

/** Registry and GitHub of the demo, both on loopback. */
export interface Services {
  readonly proxy: CountingProxy;
  /** The demo's own way to look into the registry. */
  readonly registry: Registry;
  readonly github: GitHubStandIn;
  /** Forgets the writes up to now. */
  startCounting(): void;
  writes(): { readonly registry: readonly string[]; readonly github: readonly string[] };
  stop(): Promise<void>;
}

/** Ends what it started when the next part does not start. */
export async function startServices(state: State, report: Report): Promise<Services> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  report.step('A registry and a GitHub of our own');
  if ((await which('registry')) === null)
    report.line('No registry is on PATH: it is built from its Go module once, which takes a minute.');
  try {
    const server = await startRegistry({ folder: state.registry });
    stops.push(() => server.stop());
    const proxy = await startCountingProxy(state.ports.registry, server.host);
    stops.push(() => proxy.close());
    const github = await startGitHub({ stateDir: state.github, port: state.ports.github });
    stops.push(() => github.close());
    report.line(`registry http://${proxy.host}, GitHub stand-in ${github.apiUrl}`);
    return {
      proxy,
      registry: createRegistry({ http: createHttp({ log: silent }), credentials: () => null }),
      github,
      startCounting: () => {
        proxy.writes.length = 0;
        github.requests.length = 0;
      },
      writes: () => ({
        registry: [...proxy.writes],
        github: github.requests.filter(({ write }) => write).map(({ method, path }) => `${method} ${path}`),
      }),
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}
