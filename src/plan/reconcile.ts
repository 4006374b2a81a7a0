import { indexReleases } from '../version/released.ts';
import type { TagReader } from '../version/tag-reader.ts';
import { compareTotal } from '../version/version.ts';
import type { Version } from '../version/version.ts';

/** What GitHub and the repository know when a reconciliation begins. */
export interface Unreconciled {
  /** Every git tag. */
  readonly tags: readonly string[];
  /** Git tags of published releases. */
  readonly released: readonly string[];
  readonly reader: TagReader;
  /** The input `version`: released whatever else is there. Null for none. */
  readonly version: string | null;
  /** The input `operators`: the only ones that are looked at; empty for all. */
  readonly operators: readonly string[];
}

export interface Pending {
  readonly tag: string;
  readonly version: Version;
  readonly operators: readonly string[];
}

export interface Reconciliation {
  /** To be released one after another: lower versions first, so that moving tags end on the highest. */
  readonly pending: readonly Pending[];
  /** Version tags that have no release and get none, with the reason. */
  readonly ignored: readonly { readonly tag: string; readonly reason: string }[];
}

/**
 * How many tags one run releases, the highest of them. A repository that begins to use releases has old tags without
 * number; that they would all be released at once is nobody's intent.
 */
export const mostPending = 20;

/**
 * Which version tags are to be released. A tag without a release may be an old one from before there were releases, or
 * one whose release somebody deleted; so only versions above the highest release of each of their operators count, as the
 * releases are now, and those that the input `version` names. Pure.
 */
export function planReconcile({ tags, released, reader, version, operators }: Unreconciled): Reconciliation {
  const done = new Set(released);
  const highest = indexReleases(released, reader);
  const pending: Pending[] = [];
  const ignored: { tag: string; reason: string }[] = [];
  for (const tag of tags) {
    const found = done.has(tag) ? null : reader.release(tag);
    if (found === null) continue;
    const reason = reasonAgainst(found, highest, version, operators);
    if (reason === null) pending.push({ tag, version: found.version, operators: found.operators });
    else ignored.push({ tag, reason });
  }
  pending.sort((a, b) => compareTotal(a.version, b.version) || (a.tag < b.tag ? -1 : 1));
  // A version that somebody asked for is never one too many.
  const surplus = pending
    .filter((each) => each.version.text !== version)
    .slice(0, Math.max(0, pending.length - mostPending));
  return {
    pending: pending.filter((each) => !surplus.includes(each)),
    ignored: [
      ...ignored,
      ...surplus.map(({ tag }) => ({ tag, reason: `only the ${mostPending} highest are released at a time` })),
    ],
  };
}

function reasonAgainst(
  found: { readonly version: Version; readonly operators: readonly string[] },
  highest: ReturnType<typeof indexReleases>,
  version: string | null,
  operators: readonly string[],
): string | null {
  if (operators.length > 0 && !found.operators.every((name) => operators.includes(name))) {
    return 'not named by the input operators';
  }
  if (found.version.text === version) return null;
  for (const operator of found.operators) {
    const last = highest.of(operator).at(-1);
    if (last !== undefined && compareTotal(found.version, last.version) <= 0) {
      return `not above ${last.tag}, which is released; the input version releases it all the same`;
    }
  }
  return null;
}
