import { Problem } from '../errors.ts';
import { sleep } from '../net/sleep.ts';
import type { StageHost } from '../stages/types.ts';
import type { Kubectl } from './kubectl.ts';
import { isRolledOut, stateOf, whyHopeless } from './objects.ts';
import type { Deployment, Pod } from './objects.ts';
import { Pulls } from './pulls.ts';

const pollMs = 1_000;

/**
 * Waits until every deployment of a namespace is rolled out. Ends at once when a pod crashes again and again or cannot
 * start, an image that a registry does not give for the moment aside, with the last lines of its log. Errors: OR-E2E-ROLLOUT.
 */
export async function waitForRollout(
  host: StageHost,
  kubectl: Kubectl,
  namespace: string,
  timeoutMs: number,
): Promise<readonly Pod[]> {
  const until = Date.now() + timeoutMs;
  const pulls = new Pulls();
  for (;;) {
    const deployments = await kubectl.list<Deployment>('deployments,statefulsets', namespace);
    const pods = await kubectl.list<Pod>('pods', namespace);
    const late = deployments.find((deployment) => !isRolledOut(deployment));
    if (deployments.length > 0 && late === undefined) return pods;
    const name = late?.metadata.name ?? namespace;
    for (const pod of pods) {
      const why = whyHopeless(pod, pulls, Date.now());
      if (why !== null) throw await rolloutProblem(kubectl, namespace, name, pod, why);
    }
    const available = late?.status?.availableReplicas ?? 0;
    const state = pods.map(stateOf).find((text) => text !== 'Running') ?? pods.map(stateOf)[0] ?? 'no pod yet';
    host.progress(`waiting for deployment ${name}: ${available}/${late?.spec.replicas ?? 1} ready (${state})`);
    if (Date.now() > until) {
      const pod = pods.find((candidate) => stateOf(candidate) !== 'Running') ?? pods[0];
      const why = { container: '', reason: `is not ready: ${state}` };
      if (pod !== undefined) throw await rolloutProblem(kubectl, namespace, name, pod, why);
      throw new Problem('OR-E2E-ROLLOUT', `deployment ${name} did not become ready within ${timeoutMs / 1000} s`, {
        hint: 'see the events in the logs that were collected',
        excerpt: await kubectl.events(namespace),
      });
    }
    await sleep(pollMs, host.signal);
  }
}

async function rolloutProblem(
  kubectl: Kubectl,
  namespace: string,
  deployment: string,
  pod: Pod,
  why: { readonly container: string; readonly reason: string },
): Promise<Problem> {
  const log = await kubectl.lastLog(namespace, pod.metadata.name, why.container);
  const lines = log.trim() === '' ? await kubectl.events(namespace) : log;
  const what = log.trim() === '' ? 'events' : `last lines of ${why.container === '' ? 'its log' : why.container}`;
  const program = /exec: "([^"]+)": (?:stat .*no such file|executable file not found)/.exec(why.reason)?.[1];
  return new Problem(
    'OR-E2E-ROLLOUT',
    `deployment ${deployment} did not become ready: its pod ${why.reason.replace(/: [\s\S]*/, '').replace(/ \((\w+)$/, ' ($1)')}`,
    {
      hint:
        program === undefined
          ? "the operator has to start with the chart's default values in an empty cluster"
          : `the deployment's command ${program} is not in the image; leave "command" out of the chart (ko names the program itself), or correct it or the Dockerfile`,
      excerpt: `pod ${pod.metadata.name} ${why.reason}, ${what}:\n${indent(lines)}`,
    },
  );
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .slice(-15)
    .map((line) => `  ${line}`)
    .join('\n');
}
