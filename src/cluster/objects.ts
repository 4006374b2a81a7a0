import type { Pulls } from './pulls.ts';

/** The parts of Kubernetes objects that a rollout is judged by; all of them may be missing. */
export interface Deployment {
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly exitCode: number; readonly reason?: string };
  };
  readonly lastState?: { readonly terminated?: { readonly exitCode: number; readonly reason?: string } };
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly { readonly name: string; readonly image: string }[];
    readonly initContainers?: readonly { readonly name: string; readonly image: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** Whether every replica of the newest template is available. */
export function isRolledOut(deployment: Deployment): boolean {
  const wanted = deployment.spec.replicas ?? 1;
  const status = deployment.status ?? {};
  return (
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0) &&
    (status.updatedReplicas ?? 0) >= wanted &&
    (status.availableReplicas ?? 0) >= wanted
  );
}

export function containersOf(pod: Pod): readonly ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

/** States that do not heal by waiting. */
const hopeless =
  /^(ErrImageNeverPull|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

/**
 * Why a pod will not become ready, in words; null while there is hope. `pulls` knows since when images are waited for.
 */
export function whyHopeless(
  pod: Pod,
  pulls: Pulls,
  now: number,
): { readonly container: string; readonly reason: string } | null {
  for (const status of containersOf(pod).filter((each) => !each.ready)) {
    const waiting = status.state?.waiting?.reason ?? '';
    const ended = status.lastState?.terminated ?? status.state?.terminated;
    if (ended !== undefined && (waiting === 'CrashLoopBackOff' || status.restartCount >= 2)) {
      const times = `${status.restartCount} restart${status.restartCount === 1 ? '' : 's'}`;
      return { container: status.name, reason: `crashes (exit ${ended.exitCode}, ${times})` };
    }
    if (hopeless.test(waiting) || pulls.hasFailed(pod, status, now)) {
      return { container: status.name, reason: `cannot start (${waiting}: ${status.state?.waiting?.message ?? ''})` };
    }
  }
  return null;
}

/** What a pod is busy with, for the status line. */
export function stateOf(pod: Pod): string {
  const waiting = containersOf(pod).find((status) => !status.ready)?.state?.waiting?.reason;
  const unscheduled = pod.status?.conditions?.find(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );
  return waiting ?? unscheduled?.message ?? pod.status?.phase ?? 'Pending';
}
