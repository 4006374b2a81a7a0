import type * as v from 'valibot';

/** The parts of a valibot schema that say which keys and values are allowed where. */
interface Inspected {
  readonly type: string;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly wrapped?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly options?: readonly unknown[];
}

type Path = readonly (string | number)[];

/** A key that the schema does not know, or a list where it wants a mapping. */
export interface Misplaced {
  readonly path: Path;
  readonly kind: 'key' | 'list';
  /** Names of the keys that are allowed there; empty when any is. */
  readonly allowed: readonly string[];
}

/** Everything that valibot lets pass: it stops at the first unknown key of an object and takes lists for objects. */
export function misplaced(schema: v.GenericSchema, value: unknown, path: Path = []): Misplaced[] {
  const known = unwrap(schema);
  const allowed = Object.keys(known.entries ?? {});
  if (Array.isArray(value)) {
    if (known.type === 'strict_object' || known.type === 'record') return [{ path, kind: 'list', allowed }];
    const item = known.item;
    return item === undefined ? [] : value.flatMap((each, index) => misplaced(item, each, [...path, index]));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]): Misplaced[] => {
    const next = inside(known, name);
    if (next !== undefined) return misplaced(next, each, [...path, name]);
    return known.entries === undefined ? [] : [{ path: [...path, name], kind: 'key', allowed }];
  });
}

/** Names of the keys allowed at a path of mappings. */
export function allowedKeys(schema: v.GenericSchema, path: Path): readonly string[] {
  return Object.keys(at(schema, path)?.entries ?? {});
}

/** The values allowed at a path, when they are a fixed list. */
export function allowedValues(schema: v.GenericSchema, path: Path): readonly string[] | undefined {
  const known = at(schema, path);
  return known?.type === 'picklist' ? (known.options as readonly string[]) : undefined;
}

function at(schema: v.GenericSchema, path: Path): Inspected | undefined {
  let known: Inspected | undefined = unwrap(schema);
  for (const step of path) {
    const next: v.GenericSchema | undefined = known === undefined ? undefined : inside(known, step);
    known = next === undefined ? undefined : unwrap(next);
  }
  return known;
}

function inside(known: Inspected, step: string | number): v.GenericSchema | undefined {
  if (typeof step === 'number') return known.item;
  if (known.entries === undefined) return known.value;
  return Object.hasOwn(known.entries, step) ? known.entries[step] : undefined;
}

function unwrap(schema: v.GenericSchema): Inspected {
  const known = schema as Inspected;
  return known.wrapped === undefined ? known : unwrap(known.wrapped);
}
