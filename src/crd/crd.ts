import { isRecord } from '../chart/rendered.ts';
import type { Manifest } from '../chart/rendered.ts';

/** A CustomResourceDefinition (`apiextensions.k8s.io/v1`), as far as its users' objects depend on it. */
export interface Crd {
  /** `<plural>.<group>` */
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The CustomResourceDefinitions among the objects of manifests. */
export function crdsOf(manifests: readonly Manifest[]): readonly Crd[] {
  return manifests.flatMap(({ kind, metadata, spec }) =>
    kind === 'CustomResourceDefinition' && isRecord(metadata) && typeof metadata['name'] === 'string' && isRecord(spec)
      ? [{ name: metadata['name'], spec }]
      : [],
  );
}
