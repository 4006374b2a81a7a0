import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProxy } from '../../__tests__/registry/fault-proxy.ts';
import type { Seen } from '../../__tests__/registry/fault-proxy.ts';
import { makeLayout } from '../../__tests__/registry/layout-fixture.ts';
import { startRegistry, which } from '../../__tests__/registry/real-registry.ts';
import { silent } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRegistry } from '../../src/registry/client.ts';
import { ensureTag, moveTag } from '../../src/registry/ensure.ts';
import { pushLayout } from '../../src/registry/layout.ts';

/** Tags that never change, and as many that move. */
const each = 10;

export interface Requests {
  readonly manifestWrites: number;
  readonly blobRequests: number;
  readonly reads: number;
}

export interface PromoteResult {
  readonly tags: number;
  readonly first: Requests;
  readonly again: Requests;
  /** Blobs that a second push of the same image sent. */
  readonly sentAgain: number;
}

/** Names for an image that the registry has, counted on the way to a real registry. Null, with the reason said, without one. */
export async function benchPromote(say: (line: string) => void): Promise<PromoteResult | null> {
  if ((await which('registry')) === null) {
    say('left out: promotion, since no registry is on PATH');
    return null;
  }
  const folder = await mkdtemp(join(tmpdir(), 'bench-promote-'));
  const server = await startRegistry({ memory: true });
  const proxy = await startProxy(server.host);
  try {
    const layout = await makeLayout(join(folder, 'layout'), { bulk: 1024 * 1024 });
    const registry = createRegistry({ http: createHttp({ log: silent }), credentials: () => null });
    const repository = `${proxy.host}/many/operator`;
    await pushLayout(registry, layout.dir, repository);
    const pushedAgain = await pushLayout(registry, layout.dir, repository);
    const manifest = await registry.getManifest(repository, layout.digest);
    if (manifest === null) throw new Error('the registry does not hold what was pushed');
    const promote = async (): Promise<Requests> => {
      proxy.reset();
      for (let index = 0; index < each; index++) {
        await ensureTag(registry, repository, `v1.0.${index}`, manifest, { immutable: true });
        await moveTag(registry, repository, `moving-${index}`, manifest, () => true);
      }
      return count(proxy.seen);
    };
    return { tags: 2 * each, first: await promote(), again: await promote(), sentAgain: pushedAgain.uploaded };
  } finally {
    await proxy.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function count(seen: readonly Seen[]): Requests {
  const reads = seen.filter(({ method }) => method === 'GET' || method === 'HEAD');
  return {
    manifestWrites: seen.filter(({ method, url }) => method === 'PUT' && url.includes('/manifests/')).length,
    blobRequests: seen.filter(({ url }) => url.includes('/blobs/')).length,
    reads: reads.length,
  };
}
