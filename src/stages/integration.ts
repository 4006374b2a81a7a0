import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { envtestAssets } from '../tools/go.ts';
import { goTest, packagesOf } from './go-tests.ts';
import type { Stage } from './types.ts';

/** Tests against a real API server and etcd, by envtest. */
export const integration: Stage<'integration'> = {
  name: 'integration',
  run: async (context) => {
    const packages = await packagesOf(context);
    if (packages.length === 0) {
      context.note('no tests with envtest');
      return;
    }
    context.progress('envtest binaries');
    const { envtestVersion } = context.task;
    // A version that is asked for by name is worth more than what the machine has, which ENVTEST_USE_ENV would take.
    const isAsked = envtestVersion !== null;
    const assets = await envtestAssets({
      exec: (tool, args, options) =>
        context.run(tool, args, isAsked ? { ...options, env: { ENVTEST_USE_ENV: '' } } : options),
      findTool: () => context.tool('setup-envtest'),
      log: context.log,
      env: isAsked ? {} : { ...context.ports.env, ...context.task.commands.env },
      kubernetes: envtestVersion ?? (await kubernetesOf(context.folder)),
    });
    context.log.info(`envtest: ${assets}`);
    context.progress('go test');
    await goTest(context, packages, { KUBEBUILDER_ASSETS: assets });
  },
};

/** The Kubernetes minor that the module's k8s.io/api stands for, `1.34`; null when go.mod names none. */
async function kubernetesOf(folder: string): Promise<string | null> {
  const minor = /^\s*(?:require\s+)?k8s\.io\/(?:api|client-go)\s+v0\.(\d+)\./m.exec(
    await readFile(join(folder, 'go.mod'), 'utf8'),
  )?.[1];
  return minor === undefined ? null : `1.${minor}`;
}
