import { isRecord } from '../chart/rendered.ts';
import type { Crd } from './crd.ts';
import { compareSchemas } from './schema.ts';
import type { Change } from './schema.ts';

/** One difference between two states of an API, as its users feel it. */
export interface CrdChange extends Change {
  /** Name of the CustomResourceDefinition: `widgets.example.com`. */
  readonly crd: string;
  /** Version of the API, `v1alpha1`; null for what concerns the definition as a whole. */
  readonly version: string | null;
}

/**
 * What changed in the APIs that CustomResourceDefinitions define, in the order of `before`, what is new last. Versions that
 * are not served count as not there: nobody can use them.
 */
export function compareCrds(before: readonly Crd[], after: readonly Crd[]): readonly CrdChange[] {
  const removed = before.flatMap((old): readonly CrdChange[] => {
    const now = after.find(({ name }) => name === old.name);
    return now === undefined ? [whole(old, 'removed', 'the definition is removed')] : compareCrd(old, now);
  });
  const added = after
    .filter(({ name }) => !before.some((old) => old.name === name))
    .map((crd) => whole(crd, 'added', 'the definition is new'));
  return [...removed, ...added];
}

function whole({ name }: Crd, change: 'added' | 'removed', what: string): CrdChange {
  return { crd: name, version: null, path: '', change, what, breaking: change === 'removed' };
}

function compareCrd(before: Crd, after: Crd): readonly CrdChange[] {
  const changes: CrdChange[] = [];
  const add = (version: string | null, change: Change): number =>
    changes.push({ crd: before.name, version, ...change });
  for (const [path, [old, now]] of [
    ['scope', [before.spec['scope'], after.spec['scope']]],
    ['names.kind', [kindOf(before), kindOf(after)]],
  ] as const) {
    if (old === now) continue;
    const what = `changed from ${String(old)} to ${String(now)}`;
    add(null, { path, change: 'narrowed', what, breaking: true });
  }
  const served = servedVersions(after);
  for (const [version, old] of servedVersions(before)) {
    const now = served.get(version);
    if (now === undefined) {
      add(version, { path: '', change: 'removed', what: 'the version is not served any more', breaking: true });
      continue;
    }
    for (const name of ['status', 'scale']) {
      if (!hasSubresource(old, name) || hasSubresource(now, name)) continue;
      add(version, {
        path: `subresources.${name}`,
        change: 'removed',
        what: 'the subresource is gone',
        breaking: true,
      });
    }
    for (const change of compareSchemas(schemaOf(old), schemaOf(now))) add(version, change);
  }
  for (const version of served.keys()) {
    if (servedVersions(before).has(version)) continue;
    add(version, { path: '', change: 'added', what: 'the version is new', breaking: false });
  }
  return changes;
}

function kindOf({ spec }: Crd): unknown {
  return isRecord(spec['names']) ? spec['names']['kind'] : undefined;
}

type Version = Readonly<Record<string, unknown>>;

function servedVersions({ spec }: Crd): ReadonlyMap<string, Version> {
  const versions = Array.isArray(spec['versions']) ? spec['versions'].filter(isRecord) : [];
  return new Map(
    versions.flatMap((version) =>
      typeof version['name'] === 'string' && version['served'] !== false ? [[version['name'], version]] : [],
    ),
  );
}

function hasSubresource(version: Version, name: string): boolean {
  return isRecord(version['subresources']) && isRecord(version['subresources'][name]);
}

function schemaOf(version: Version): Readonly<Record<string, unknown>> {
  const schema = isRecord(version['schema']) ? version['schema']['openAPIV3Schema'] : undefined;
  return isRecord(schema) ? schema : {};
}
