import { Problem } from '../errors.ts';
import { nearest } from './nearest.ts';
import { fillIn, formatTag, type TaggedOperator, type TagPattern } from './tag-pattern.ts';
import { versionFault } from './version-fault.ts';
import { parseVersion, type Version } from './version.ts';

export type OtherTag =
  { readonly kind: 'attempt'; readonly problem: Problem } | { readonly kind: 'none'; readonly reason: string };

/** A tag cut where a version may start: `widgt/v1.2` is head `widgt`, tail `1.2` (without `v`). */
interface Cut {
  readonly head: string;
  readonly tail: string;
  /** The operator that `head` names, nearly or exactly. */
  readonly operator: TaggedOperator | null;
}

/** Heads that mean "a version follows" whatever the operators are called. */
const genericHeads = ['release', 'rel', 'version', 'ver'];

/**
 * Explains a tag that fits no pattern. It is an attempt when it is a bare version of some form (`v1.2`, `V1.2.3`), or has
 * such a version after the name or path of an operator, nearly or exactly (`widgt/v1.2.3`), or after a word like
 * "release". Anything else may well belong to others (`api/v1.2.3` of a Go module, a chart's `other-1.2.3`): not ours.
 */
export function explainOtherTag(
  tag: string,
  patterns: readonly TagPattern[],
  operators: readonly TaggedOperator[],
): OtherTag {
  const attempt = likeliest(cutsOf(tag, operators));
  if (attempt === null) return { kind: 'none', reason: `tag ${tag} fits no pattern of ${textsOf(patterns)}` };
  const fault = versionFault(attempt.tail);
  const quoted = JSON.stringify(attempt.tail);
  const why = fault === null ? 'it fits no pattern' : `${quoted} is no semver 2.0 version: ${fault}`;
  const hint = hintFor(tag, attempt, patterns, operators);
  return { kind: 'attempt', problem: new Problem('OR-TAG-INVALID', `Tag "${tag}" releases nothing: ${why}`, { hint }) };
}

/** The longest head that is an operator's very name or path (`op-v2` of `op-v2-v1.0`, not `op`), else the first that is close. */
function likeliest(cuts: readonly Cut[]): Cut | null {
  const exact = cuts.filter(({ head, operator }) => head === operator?.name || head === operator?.path);
  const known = cuts.find(({ head, operator }) => {
    return head === '' || operator !== null || genericHeads.includes(head.toLowerCase());
  });
  return exact.at(-1) ?? known ?? null;
}

/** Starts of something like a version: at the beginning or after a separator, `v1`, `V1.2`, `1.2`; a lone number is none. */
function cutsOf(tag: string, operators: readonly TaggedOperator[]): Cut[] {
  const cuts: Cut[] = [];
  for (const { index, 0: start } of tag.matchAll(/(?<![0-9A-Za-z.])(?:[vV][-._]?\d+|\d+\.\d)/g)) {
    // Names are short; a bound keeps the search for a near one cheap whatever was pushed.
    if (index > 200) break;
    const letters = /^[vV][-._]?/.exec(start)?.[0].length ?? 0;
    const head = tag.slice(0, index).replace(/[/_@-]$/, '');
    const operator = head === '' ? null : nearestOperator(head, operators);
    cuts.push({ head, tail: tag.slice(index + letters), operator });
  }
  return cuts;
}

function nearestOperator(head: string, operators: readonly TaggedOperator[]): TaggedOperator | null {
  const byName = nearest(head, operators, ({ name }) => name);
  return byName ?? nearest(head, operators, ({ path }) => path);
}

function hintFor(
  tag: string,
  { tail, operator }: Cut,
  patterns: readonly TagPattern[],
  operators: readonly TaggedOperator[],
): string {
  const version = repaired(tail);
  const only = operators.length === 1 ? operators[0] : undefined;
  const named = operator ?? only ?? { name: '<operator>', path: '<path>' };
  const existing = `Patterns: ${textsOf(patterns)}.`;
  if (version === null) return existing;
  const fitting = patterns.filter(({ perOperator }) => perOperator === (operator !== null));
  const meant = fitting.find(({ before }) => {
    const start = fillIn(before, named).toLowerCase();
    return start !== '' && tag.toLowerCase().startsWith(start);
  });
  const pattern = meant ?? fitting[0] ?? patterns[0];
  return pattern === undefined ? existing : `Did you mean ${formatTag(pattern, named, version)}? ${existing}`;
}

/** The version that was probably meant: missing numbers are 0, leading zeros go; null where it is anyone's guess. */
function repaired(tail: string): Version | null {
  const [, core = '', rest = ''] = /^(\d+(?:\.\d+){0,2})((?:[-+].*)?)$/.exec(tail) ?? [];
  if (core === '') return null;
  const numbers = core.split('.').map((number) => number.replace(/^0+(?=\d)/, ''));
  return parseVersion([...numbers, '0', '0'].slice(0, 3).join('.') + rest);
}

function textsOf(patterns: readonly TagPattern[]): string {
  return patterns.map(({ text }) => text).join(', ');
}
