import { join } from 'node:path';
import { objectsOfKind } from '../chart/rendered.ts';
import { renderChart } from '../chart/render.ts';
import { setArguments } from '../chart/set-values.ts';
import { collectLogs } from '../cluster/diagnostics.ts';
import { openKubectl } from '../cluster/kubectl.ts';
import type { Kubectl } from '../cluster/kubectl.ts';
import { loadImage, runsManifest } from '../cluster/load.ts';
import { containersOf } from '../cluster/objects.ts';
import type { Pod } from '../cluster/objects.ts';
import { waitForRollout } from '../cluster/rollout.ts';
import { runTests } from '../cluster/tests.ts';
import { Problem } from '../errors.ts';
import { isPinnedTo } from '../image/reference.ts';
import { imageOf } from './image-of.ts';
import type { Cluster, PackagedChart, Stage, StageContext } from './types.ts';

type E2e = StageContext<'e2e'>;

const rolloutMs = 180_000;

/** Installs the packaged chart, as users will, with the image that was built; waits; tests; looks at what really ran. */
export const e2e: Stage<'e2e'> = {
  name: 'e2e',
  run: async (context) => {
    const { cluster, chart } = context.artifacts;
    const image = context.operator.image;
    if (cluster === undefined || image === null) throw new Error('the plan tests what it does not build');
    const kubectl = await openKubectl(context, cluster);
    try {
      context.progress('loading the image');
      const built = await imageOf(context);
      const manifest = await loadImage(context, cluster, built, image.repository);
      await deploy(context, cluster, kubectl, chart);
      const pods = await waitForRollout(context, kubectl, context.task.namespace, rolloutMs);
      await checkRunning(context, pods, built.digest, manifest);
      context.log.info(`tests: ${context.task.testsReason}`);
      const summary = await runTests(context, cluster, kubectl);
      // A test may end while the operator is about to crash.
      await waitForRollout(context, kubectl, context.task.namespace, rolloutMs);
      context.note(`${summary}, Kubernetes ${cluster.kubernetes}`);
    } catch (thrown) {
      if (!context.signal.aborted) {
        const { logs } = context.ports;
        const folder = join(logs.folder, context.operator.name);
        await collectLogs(context, kubectl, cluster, context.task.namespace, join(logs.root, folder));
        context.log.info(`logs of the cluster: ${folder}/`);
      }
      throw thrown;
    }
  },
};

/** By the chart that users get; an operator without one is applied from its install.yaml. */
async function deploy(
  context: E2e,
  cluster: Cluster,
  kubectl: Kubectl,
  chart: PackagedChart | undefined,
): Promise<void> {
  const { namespace, values } = context.task;
  if (chart === undefined) {
    const file = context.artifacts.installYaml;
    if (file === undefined) throw new Error('the plan deploys without a chart and without install.yaml');
    context.progress('kubectl apply install.yaml');
    await kubectl.run(['apply', '--server-side', '--filename', file]);
    return;
  }
  context.progress('helm install');
  const helm = await context.tool('helm');
  // A loaded image is not in any registry that the node reaches, so it must not be pulled.
  const policy = chart.pullPolicyKey === null ? {} : { [chart.pullPolicyKey]: 'IfNotPresent' };
  const args = [
    ...['upgrade', '--install', context.operator.name, chart.file, '--kubeconfig', cluster.kubeconfig],
    ...['--namespace', namespace, '--create-namespace', '--timeout', '180s', ...setArguments({ ...policy, ...values })],
  ];
  const result = await context.run(helm, args, { allowFailure: true });
  if (result.exitCode === 0) return;
  throw new Problem('OR-E2E-INSTALL', 'helm could not install the chart in an empty cluster', {
    hint: await installHint(context, helm, chart),
    excerpt: result.stderr.trim(),
  });
}

async function installHint(context: E2e, helm: string, chart: PackagedChart): Promise<string> {
  const manifests = await renderChart(context, helm, chart.file, 'the chart');
  return objectsOfKind(manifests, 'Certificate').length > 0
    ? 'the chart needs cert-manager; install it in operators[].e2e.before'
    : 'what the chart needs from the cluster has to be installed in operators[].e2e.before';
}

/** The pods run the very manifest that was loaded; a chart that takes its image from elsewhere must not pass. */
async function checkRunning(context: E2e, pods: readonly Pod[], digest: string, manifest: string): Promise<void> {
  const image = context.operator.image;
  if (image === null) return;
  for (const pod of pods) {
    for (const status of containersOf(pod)) {
      if (!isPinnedTo(imageAskedFor(pod, status.name), image, digest)) continue;
      if (await runsManifest(context, pod.spec?.nodeName ?? '', status.imageID, manifest)) {
        context.log.info(`pod ${pod.metadata.name} runs ${manifest}, the image that was built`);
        return;
      }
      throw new Problem('OR-E2E-IMAGE', `pod ${pod.metadata.name} runs another image than the one that was built`, {
        hint: 'the node pulled instead of using the loaded image; set the pull policy in operators[].e2e.values',
        excerpt: `runs ${status.imageID}\nwanted ${image.repository}@${digest}`,
      });
    }
  }
  throw new Problem('OR-E2E-IMAGE', `no pod asks for ${image.repository}@${digest}`, {
    hint: 'the chart deploys another image than the one that was built',
    excerpt: pods
      .flatMap((pod) => containersOf(pod).map((status) => `${pod.metadata.name}: ${status.image}`))
      .join('\n'),
  });
}

function imageAskedFor(pod: Pod, name: string): string {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  return containers.find((container) => container.name === name)?.image ?? '';
}
