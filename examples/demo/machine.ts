import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { stageNames } from '../../src/plan/types.ts';
import type { StageName } from '../../src/plan/types.ts';
import { dockerReachable } from '../../src/tools/docker.ts';
import { exec } from '../../src/tools/exec.ts';

/** What this machine can and cannot do of the whole. */
export interface Machine {
  /** In words; null when there is none, or none is wanted. */
  readonly docker: string | null;
  /** What is left out, each with its reason; said at the start and at the end. */
  readonly notDone: readonly string[];
  /** For the action's input `stages`. */
  readonly stages: 'auto' | readonly StageName[];
}

/** Where setup-envtest looks for the API servers that it can download. */
const envtestIndex = 'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';
const askMs = 8_000;

export async function examineMachine(noDocker: boolean, env: NodeJS.ProcessEnv): Promise<Machine> {
  const { docker, missing } = await examineDocker(noDocker);
  const left: StageName[] = [];
  const notDone: string[] = [];
  if (docker === null) {
    left.push('cluster', 'e2e');
    notDone.push(
      `No test on a cluster (stages cluster and e2e): ${missing}. The image is built by ko instead of buildx.`,
    );
  }
  if (!(await hasEnvtest(env))) {
    left.push('integration');
    notDone.push(
      'No tests with envtest (stage integration): KUBEBUILDER_ASSETS names no API server, and there is no way out to download one.',
    );
  }
  const stages = left.length === 0 ? 'auto' : stageNames.filter((name) => !left.includes(name));
  return { docker, notDone, stages };
}

async function examineDocker(noDocker: boolean): Promise<{ docker: string | null; missing: string }> {
  if (noDocker) return { docker: null, missing: 'Docker is not wanted (--no-docker)' };
  const found = await dockerReachable(exec);
  if (!found.reachable) return { docker: null, missing: `no Docker engine answers (${found.reason})` };
  if (found.buildx === null) return { docker: null, missing: `Docker ${found.engine} has no buildx plugin` };
  return { docker: `Docker ${found.engine} and buildx ${found.buildx}`, missing: '' };
}

async function hasEnvtest(env: NodeJS.ProcessEnv): Promise<boolean> {
  const assets = env['KUBEBUILDER_ASSETS'] ?? '';
  if (
    assets !== '' &&
    (await Promise.all(['kube-apiserver', 'etcd'].map((name) => runs(join(assets, name))))).every(Boolean)
  ) {
    return true;
  }
  return fetch(envtestIndex, { method: 'HEAD', signal: AbortSignal.timeout(askMs) }).then(
    (reply) => reply.ok,
    () => false,
  );
}

function runs(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
