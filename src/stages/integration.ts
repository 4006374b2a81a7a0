import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { envtestAssets } from '../tools/go.ts';
import { goTest, packagesOf } from './go-tests.ts';
import type { Stage } from './types.ts';

/** Tests against a real API server and etcd, by envtest. */
export const integration: Stage<'integration'> = {
  name: 'integration',
  run: async (context) => {
    const packages = await packagesOf(context, 'integration');
    if (packages.length === 0) return context.note('no tests with envtest');
    context.progress('envtest binaries');
    const assets = await envtestAssets({
      exec: context.ports.exec,
      findTool: () => context.tool('setup-envtest'),
      log: context.log,
      env: context.ports.env,
      kubernetes: await kubernetesOf(context.folder),
    });
    context.log.info(`envtest: ${assets}`);
    context.progress('go test');
    await goTest(context, 'integration', packages, { KUBEBUILDER_ASSETS: assets });
  },
};

/** The Kubernetes minor that the module's k8s.io/api stands for, `1.34`; null when go.mod names none. */
async function kubernetesOf(folder: string): Promise<string | null> {
  const minor = /^\s*(?:require\s+)?k8s\.io\/(?:api|client-go)\s+v0\.(\d+)\./m.exec(
    await readFile(join(folder, 'go.mod'), 'utf8'),
  )?.[1];
  return minor === undefined ? null : `1.${minor}`;
}
