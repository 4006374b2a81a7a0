import { isRecord } from '../chart/rendered.ts';
import { compareLimits } from './limits.ts';

/**
 * A structural schema (kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions,
 * "Specifying a structural schema"); nothing of it is trusted.
 */
export type Schema = Readonly<Record<string, unknown>>;

export interface Change {
  /** The field, `spec.template.ports[].protocol`; `[]` stands for items, `.*` for the values of a map. Empty for the whole. */
  readonly path: string;
  /** `changed`: it may accept more or less than before, which a program cannot tell. */
  readonly change: 'added' | 'removed' | 'narrowed' | 'widened' | 'changed';
  /** In words, without the path: `maximum lowered from 10 to 5`. */
  readonly what: string;
  /** Whether objects or clients that worked before may fail now. */
  readonly breaking: boolean;
}

/** Differences of what two schemas accept. Descriptions and other words do not count. */
export function compareSchemas(before: Schema, after: Schema): readonly Change[] {
  const changes: Change[] = [];
  visit(before, after, '', changes);
  return changes;
}

function visit(before: Schema, after: Schema, path: string, changes: Change[]): void {
  const add = (change: Change['change'], what: string, at = path, breaking?: boolean): void => {
    // The operator writes the status and others read it: they lose a field, but need not obey a tighter rule.
    const isStatus = at === 'status' || at.startsWith('status.');
    const breaks = breaking ?? (change === 'removed' || (change === 'narrowed' && !isStatus));
    changes.push({ path: at, change, what, breaking: breaks });
  };
  const [typeBefore, typeAfter] = [typeOf(before), typeOf(after)];
  if (typeBefore !== typeAfter) {
    const kept = accepts(typeAfter, typeBefore);
    add(kept ? 'widened' : 'narrowed', `type changed from ${typeBefore} to ${typeAfter}`);
    // What stands below a field of another type says nothing about objects of today.
    if (!kept) return;
  }
  for (const [key, what] of [
    ['nullable', 'null'],
    ['x-kubernetes-preserve-unknown-fields', 'fields that the schema does not name'],
  ] as const) {
    if (before[key] === true && after[key] !== true) add('narrowed', `${what} not accepted any more`);
    if (before[key] !== true && after[key] === true) add('widened', `${what} accepted`);
  }
  for (const { change, what } of compareLimits(before, after)) add(change, what);
  properties(before, after, path, changes, add);
  if (isRecord(before['items']) && isRecord(after['items'])) {
    visit(before['items'], after['items'], `${path}[]`, changes);
  }
}

type Add = (change: Change['change'], what: string, at?: string, breaking?: boolean) => void;

function properties(before: Schema, after: Schema, path: string, changes: Change[], add: Add): void {
  const [old, now] = [recordOf(before['properties']), recordOf(after['properties'])];
  const [oldValues, nowValues] = [valuesOf(before), valuesOf(after)];
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const [wasRequired, isRequired] = [namesIn(before['required']), namesIn(after['required'])];
  for (const [name, schema] of Object.entries(old)) {
    // A map accepts any key; so does an object whose unknown fields are kept.
    const target = now[name] ?? nowValues;
    if (target !== undefined) visit(recordOf(schema), recordOf(target), at(name), changes);
    else if (after['x-kubernetes-preserve-unknown-fields'] === true) add('widened', 'any value is accepted', at(name));
    else add('removed', 'the field is removed', at(name));
  }
  for (const [name, schema] of Object.entries(now)) {
    const needed = isRequired.has(name) && recordOf(schema)['default'] === undefined;
    if (old[name] === undefined) {
      if (needed) add('added', 'the field is new and required', at(name), !at(name).startsWith('status'));
      else add('added', 'the field is new', at(name), false);
    } else if (needed && !wasRequired.has(name)) {
      add('narrowed', 'required now', at(name));
    } else if (wasRequired.has(name) && !isRequired.has(name)) {
      add('widened', 'not required any more', at(name));
    }
  }
  if (oldValues === undefined) return;
  if (nowValues !== undefined) visit(oldValues, nowValues, `${path}.*`, changes);
  else if (after['x-kubernetes-preserve-unknown-fields'] !== true)
    add('narrowed', 'keys of any name not accepted any more');
}

/** The schema of a map's values; undefined for what is no map. */
function valuesOf({ additionalProperties }: Schema): Schema | undefined {
  return additionalProperties === true ? {} : isRecord(additionalProperties) ? additionalProperties : undefined;
}

const anything = 'anything';

function typeOf(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or string';
  return typeof schema['type'] === 'string' ? schema['type'] : anything;
}

/** Whether every value of the type `old` is one of `type`. */
function accepts(type: string, old: string): boolean {
  return type === anything || (type === 'number' && old === 'integer') || type.split(' or ').includes(old);
}

function recordOf(value: unknown): Schema {
  return isRecord(value) ? value : {};
}

function namesIn(value: unknown): ReadonlySet<unknown> {
  return new Set(Array.isArray(value) ? value : []);
}
