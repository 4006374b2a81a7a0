import { isDeepStrictEqual } from 'node:util';
import type { Change, Schema } from './schema.ts';

type Limit = Pick<Change, 'change' | 'what'>;

const lower = ['minimum', 'minLength', 'minItems', 'minProperties'];
const upper = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];
/** Rules whose new text may accept more or less than the old one. */
const unclear = [
  ['x-kubernetes-validations', 'validation rules (CEL)'],
  ['oneOf', 'oneOf'],
  ['anyOf', 'anyOf'],
  ['allOf', 'allOf'],
  ['not', 'not'],
  ['multipleOf', 'multipleOf'],
  ['x-kubernetes-list-type', 'kind of list'],
  ['x-kubernetes-list-map-keys', 'keys of the list'],
  ['format', 'format'],
  ['default', 'default'],
] as const;

/** Differences in what a schema demands of a value itself, leaving fields, items and the type aside. */
export function compareLimits(before: Schema, after: Schema): readonly Limit[] {
  return [
    ...bounds(before, after),
    ...enumeration(before['enum'], after['enum']),
    ...pattern(before['pattern'], after['pattern']),
    ...unclear.flatMap(([key, name]): Limit[] =>
      isDeepStrictEqual(withoutWords(before[key]), withoutWords(after[key])) || isOfType(key, before, after)
        ? []
        : [{ change: 'changed', what: `${name} ${changeOf(before[key], after[key])}` }],
    ),
  ];
}

function bounds(before: Schema, after: Schema): Limit[] {
  return [...lower, ...upper].flatMap((key): Limit[] => {
    // For an upper bound, less is narrower.
    const sign = upper.includes(key) ? -1 : 1;
    const [old, now] = [numberOf(before[key]), numberOf(after[key])];
    if (old !== now) {
      const narrower = now !== null && (old === null || sign * now > sign * old);
      const how =
        old === null || now === null
          ? changeOf(before[key], after[key])
          : `${now > old ? 'raised' : 'lowered'} from ${old} to ${now}`;
      return [{ change: narrower ? 'narrowed' : 'widened', what: `${key} ${how}` }];
    }
    const exclusive = `exclusive${key[0]?.toUpperCase() ?? ''}${key.slice(1)}`;
    if ((before[exclusive] === true) === (after[exclusive] === true)) return [];
    return after[exclusive] === true
      ? [{ change: 'narrowed', what: `${key} ${String(now)} itself not accepted any more` }]
      : [{ change: 'widened', what: `${key} ${String(now)} itself accepted` }];
  });
}

function enumeration(before: unknown, after: unknown): Limit[] {
  const [old, now] = [listOf(before), listOf(after)];
  if (old === null) return now === null ? [] : [{ change: 'narrowed', what: `only ${words(now)} accepted now` }];
  if (now === null) return [{ change: 'widened', what: 'other values than those of its enum accepted' }];
  const gone = old.filter((value) => !now.some((other) => isDeepStrictEqual(value, other)));
  const come = now.filter((value) => !old.some((other) => isDeepStrictEqual(value, other)));
  return [
    ...(gone.length > 0 ? [{ change: 'narrowed', what: `${words(gone)} not accepted any more` } as const] : []),
    ...(come.length > 0 ? [{ change: 'widened', what: `${words(come)} accepted` } as const] : []),
  ];
}

/** To add a pattern narrows, to take it away widens, and of two different ones nobody can tell. */
function pattern(before: unknown, after: unknown): Limit[] {
  if (before === after) return [];
  const change = before === undefined ? 'narrowed' : after === undefined ? 'widened' : 'changed';
  return [{ change, what: `pattern ${changeOf(before, after)}` }];
}

/** "integer or string" is spelt out in an anyOf, too, and has been told as a change of the type. */
function isOfType(key: string, before: Schema, after: Schema): boolean {
  return key === 'anyOf' && [before, after].some((schema) => schema['x-kubernetes-int-or-string'] === true);
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function listOf(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

/** The messages of CEL rules say nothing on what they accept. */
function withoutWords(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return (value as unknown[]).map((rule) =>
    typeof rule === 'object' && rule !== null && 'rule' in rule ? rule.rule : rule,
  );
}

function changeOf(before: unknown, after: unknown): string {
  if (before === undefined) return `added (${shown(after)})`;
  if (after === undefined) return `removed (${shown(before)})`;
  return `changed from ${shown(before)} to ${shown(after)}`;
}

function words(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}

/** A rule as one line of bounded length. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
