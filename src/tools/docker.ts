import type { Exec } from './exec.ts';

/** What the Docker client finds at its endpoint. */
export type DockerState =
  | {
      readonly reachable: true;
      /** Version of the engine. */
      readonly engine: string;
      /** Version of the buildx plugin; null without one. */
      readonly buildx: string | null;
      /** The engine keeps images in containerd: `docker save` then keeps indexes, and `kind load` may miss layers. */
      readonly containerdStore: boolean;
    }
  | { readonly reachable: false; readonly reason: string };

const askTimeoutMs = 20_000;

/** Asks the engine; never throws, except for an abort. */
export async function dockerReachable(exec: Exec, signal?: AbortSignal): Promise<DockerState> {
  const options = { allowFailure: true, timeoutMs: askTimeoutMs, ...(signal === undefined ? {} : { signal }) };
  try {
    const info = await exec('docker', ['info', '--format', '{{.ServerVersion}}\t{{json .DriverStatus}}'], options);
    const [engine = '', driver = ''] = info.stdout.trim().split('\t');
    if (info.exitCode !== 0 || engine === '') {
      const reason = info.stderr.trim().split('\n').at(-1) ?? '';
      return { reachable: false, reason: reason === '' ? 'docker info names no engine' : reason };
    }
    const plugin = await exec('docker', ['buildx', 'version'], options);
    const buildx = plugin.exitCode === 0 ? (/\bv?(\d+\.\d+\.\d+\S*)/.exec(plugin.stdout)?.[1] ?? null) : null;
    return { reachable: true, engine, buildx, containerdStore: driver.includes('io.containerd.snapshotter') };
  } catch (error) {
    signal?.throwIfAborted();
    return { reachable: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

export { ensureBuilder, removeBuilder } from './builder.ts';
export type { Builder, BuilderOptions } from './builder.ts';
