import type { DeepReadonly } from './types.ts';

/** `over` on top of `under`: mappings are merged key by key; lists and scalars of `over` replace. Neither is changed. */
export function merge<T extends object>(under: T, over: T): T {
  const result = { ...under } as Record<string, unknown>;
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(result, name) ? result[name] : undefined;
    result[name] = isMapping(below) && isMapping(value) ? merge(below, value) : value;
  }
  return result as T;
}

export function deepFreeze<T>(value: T): DeepReadonly<T> {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value as DeepReadonly<T>;
}

export function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
