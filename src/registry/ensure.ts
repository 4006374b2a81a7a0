import { Problem } from '../errors.ts';
import { putWhole } from './put-whole.ts';
import { printName } from './reference.ts';
import type { Manifest, Registry } from './types.ts';

export interface Ensured {
  /** What the name points to now. */
  readonly digest: string;
  /** False when it pointed there before. */
  readonly written: boolean;
}

export interface Moved extends Ensured {
  /** What the name pointed to before, null when it was new. */
  readonly previous: string | null;
  /** False when something newer holds the name, which was left alone. */
  readonly ours: boolean;
}

/** Reads until a registry that lags shows something; GHCR needs seconds. */
const readBackTries = 8;
/** Takings over by an older run, after which this one gives in. */
const moveTries = 5;

export function conflict(name: string, there: string, ours: string): Problem {
  return new Problem('OR-REGISTRY-CONFLICT', `${name} is ${there} already, and this run made ${ours}`, {
    hint: 'a published version never changes: release the next version, or see why the same commit built something else',
  });
}

/**
 * Reads a name until it is no longer what it was before the write, null for absent. A null or old reply may be a replica that
 * lags; the last one counts.
 */
async function readBack(
  registry: Registry,
  repository: string,
  tag: string,
  wanted: string,
  before: string | null,
): Promise<string | null> {
  for (let tries = 1; ; tries += 1) {
    const now = (await registry.headManifest(repository, tag))?.digest ?? null;
    if (now === wanted || (now !== null && now !== before)) return now;
    const name = printName(repository, tag);
    if (!(await registry.backoff(`HEAD ${name}`, 'not visible yet', tries, { tries: readBackTries }))) return now;
  }
}

function notVisible(name: string, wanted: string, now: string | null): Problem {
  return new Problem('OR-REGISTRY-READBACK', `${name} was written as ${wanted}, but reads as ${now ?? 'absent'}`, {
    hint: 'the registry took the write and does not show it; run the job again',
  });
}

/**
 * Makes a tag point to a manifest whose content the repository has. With `immutable` another content under the tag is an error,
 * OR-REGISTRY-CONFLICT; the same content is success without a write. `resend`: see `putWhole`.
 */
export async function ensureTag(
  registry: Registry,
  repository: string,
  tag: string,
  manifest: Manifest,
  options: { readonly immutable: boolean; readonly resend?: () => Promise<void> },
): Promise<Ensured> {
  const name = printName(repository, tag);
  const there = await registry.getManifest(repository, tag);
  if (there?.digest === manifest.digest) return { digest: manifest.digest, written: false };
  if (there !== null && options.immutable) throw conflict(name, there.digest, manifest.digest);
  await putWhole(registry, repository, tag, manifest, options.resend);
  const now = await readBack(registry, repository, tag, manifest.digest, there?.digest ?? null);
  if (now === manifest.digest) return { digest: manifest.digest, written: true };
  // Another run wrote the same name in the same moment.
  if (now !== null && now !== there?.digest) throw conflict(name, now, manifest.digest);
  throw notVisible(name, manifest.digest, now);
}

/**
 * Moves a moving tag forward. `mayReplace` decides from what the tag points to right now; it is asked again when another run
 * moves the tag in between, so that the newest ends on top whatever the order of the runs.
 */
export async function moveTag(
  registry: Registry,
  repository: string,
  tag: string,
  manifest: Manifest,
  mayReplace: (current: Manifest) => boolean | Promise<boolean>,
): Promise<Moved> {
  const name = printName(repository, tag);
  let previous: string | null = null;
  for (let tries = 1; tries <= moveTries; tries += 1) {
    const there = await registry.getManifest(repository, tag);
    const written = tries > 1;
    if (!written) previous = there?.digest ?? null;
    if (there?.digest === manifest.digest) return { digest: manifest.digest, written, previous, ours: true };
    if (there !== null && !(await mayReplace(there))) {
      return { digest: there.digest, written: false, previous, ours: false };
    }
    await putWhole(registry, repository, tag, manifest);
    const now = await readBack(registry, repository, tag, manifest.digest, there?.digest ?? null);
    if (now === manifest.digest) return { digest: manifest.digest, written: true, previous, ours: true };
    if (now === null || now === there?.digest) throw notVisible(name, manifest.digest, now);
  }
  throw new Problem('OR-REGISTRY-READBACK', `${name} is moved again and again by another run`, {
    hint: 'run the job again when the other one has ended',
  });
}
