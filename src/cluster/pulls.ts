import type { ContainerStatus, Pod } from './objects.ts';

/** Long enough for three tries of kubelet, which waits 10, 20 and 40 seconds in between. */
export const pullPatienceMs = 75_000;

const pulling = /^(?:ErrImagePull|ImagePullBackOff|RegistryUnavailable)$/;
/** What a registry says of an image that it will not have at the next try either. */
const final =
  /(?<!host )\bnot found\b|manifest unknown|name unknown|does not exist|access denied|\bdenied:|unauthorized|forbidden|no match for platform/i;

/**
 * Images that the containers of a rollout wait for. The tested image is loaded, but others come from registries, and
 * kubelet tries again by itself when one of them does not answer: a hiccup must not end a release.
 */
export class Pulls {
  readonly #since = new Map<string, number>();

  /** Whether a container will not get its image: the registry says so, or it has failed for too long. */
  hasFailed(pod: Pod, { name, state }: ContainerStatus, now: number): boolean {
    const key = `${pod.metadata.name}/${name}`;
    const waiting = state?.waiting;
    if (!pulling.test(waiting?.reason ?? '')) {
      // While kubelet tries again, it may say that it creates the container.
      if (waiting === undefined) this.#since.delete(key);
      return false;
    }
    const since = this.#since.get(key) ?? now;
    this.#since.set(key, since);
    return final.test(waiting?.message ?? '') || now - since >= pullPatienceMs;
  }
}
