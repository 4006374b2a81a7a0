import type * as v from 'valibot';
import { Problem } from '../errors.ts';
import type { Place } from '../errors.ts';
import { allowedKeys, allowedValues, misplaced } from './inspect.ts';
import type { Misplaced } from './inspect.ts';
import { didYouMean } from './nearest.ts';
import { correction, shown } from './values.ts';
import { placeAt } from './yaml.ts';
import type { YamlNode } from './yaml.ts';

type Path = readonly (string | number)[];

export interface Source {
  readonly text: string;
  readonly file: string;
  readonly root: YamlNode;
}

/**
 * What is wrong with the file, in the order of its lines: OR-CONFIG-KEY for keys that the schema does not know,
 * OR-CONFIG-VALUE for the rest.
 */
export function explain(schema: v.GenericSchema, issues: readonly v.BaseIssue<unknown>[], source: Source): Problem[] {
  const found = misplaced(schema, source.root.value);
  const lists = found.filter((each) => each.kind === 'list').map((each) => dotted(each.path));
  const problems = [
    ...found.map((each) => (each.kind === 'key' ? unknownKey(each, schema, source) : list(each, source))),
    ...issues.flatMap((issue) => {
      const { cause, path } = deepest(issue, []);
      const told = isUnknownKey(cause) || lists.some((above) => dotted(path.slice(0, -1)) === above);
      return told ? [] : [wrongValue(cause, path, schema, source)];
    }),
  ];
  return problems.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
}

function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}

function unknownKey({ path, allowed }: Misplaced, schema: v.GenericSchema, source: Source): Problem {
  const name = String(path.at(-1));
  const below = path.length === 1 && allowedKeys(schema, ['defaults']).includes(name);
  const hint = below
    ? `put it below "defaults", for all operators, or below one of "operators"`
    : name === '<<'
      ? 'merge keys are not read; put what operators share below "defaults"'
      : (didYouMean(name, allowed) ?? deeper(name, path.slice(0, -1), allowed, schema));
  return new Problem('OR-CONFIG-KEY', `${dotted(path)}: unknown key; allowed here: ${allowed.join(', ')}`, {
    at: placeOf(source, path, true),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Where the settings of a stage are that does not give its name to a key. */
const homes: Readonly<Record<string, string>> = {
  'image-build': 'image',
  'chart-check': 'chart.check',
  'chart-package': 'chart',
  'publish-image': 'image.publish',
  'publish-chart': 'chart.publish',
};

/** A key that is known one level below, as `unit` is below `test`; or one that is called by its stage. */
function deeper(name: string, above: Path, allowed: readonly string[], schema: v.GenericSchema): string | undefined {
  const home = homes[name];
  if (home !== undefined && allowed.includes('image')) return `the settings of this stage are below "${home}"`;
  const places = allowed.filter((each) => allowedKeys(schema, [...above, each]).includes(name));
  return places.length === 1 ? `it belongs below "${places.join()}"` : undefined;
}

function list({ path }: Misplaced, source: Source): Problem {
  const at = placeOf(source, path);
  const hint = 'write "key: value" instead of "- "';
  return new Problem('OR-CONFIG-VALUE', `${dotted(path)}: found a list, expected a mapping`, { at, hint });
}

function wrongValue(issue: v.BaseIssue<unknown>, path: Path, schema: v.GenericSchema, source: Source): Problem {
  if (issue.type === 'strict_object' && issue.received === 'undefined') {
    const at = placeOf(source, path.slice(0, -1));
    return new Problem('OR-CONFIG-VALUE', `${dotted(path)}: missing`, { at, hint: `add "${String(path.at(-1))}"` });
  }
  const node = find(source.root, path)?.node;
  const isKey = issue.path?.at(-1)?.origin === 'key';
  const allowed = allowedValues(schema, path);
  const found = isKey ? `the key "${String(path.at(-1))}"` : describe(issue.input, node);
  const hint = hintFor(issue, node, allowed);
  return new Problem('OR-CONFIG-VALUE', `${dotted(path)}: found ${found}, expected ${expectation(issue, allowed)}`, {
    at: placeOf(source, path, isKey),
    ...(hint === undefined ? {} : { hint }),
  });
}

function expectation(issue: v.BaseIssue<unknown>, allowed: readonly string[] | undefined): string {
  if (allowed !== undefined) return `one of ${allowed.join(', ')}`;
  return issue.kind === 'schema' ? kinds(issue.expected) : issue.message;
}

/** A problem at a path, for rules that no schema can hold. */
export function problemAt(source: Source, path: Path, message: string, hint: string): Problem {
  return new Problem('OR-CONFIG-VALUE', `${dotted(path)}: ${message}`, { at: placeOf(source, path), hint });
}

/** Of a choice between forms, the form that fits best is the one that one wants to hear about. */
function deepest(issue: v.BaseIssue<unknown>, before: Path): { cause: v.BaseIssue<unknown>; path: Path } {
  const path = [...before, ...(issue.path ?? []).map((item) => item.key as string | number)];
  const further = (issue.issues ?? []).find((inner) => inner.path !== undefined || inner.kind === 'validation');
  return further === undefined ? { cause: issue, path } : deepest(further, path);
}

function hintFor(
  issue: v.BaseIssue<unknown>,
  node: YamlNode | undefined,
  allowed: readonly string[] | undefined,
): string | undefined {
  if (issue.input === null) return 'give it a value, or remove the key';
  if (allowed !== undefined && typeof issue.input === 'string') return didYouMean(issue.input, allowed);
  const wantsText = allowed === undefined && issue.expected?.includes('string') === true;
  if (wantsText && node?.plain !== undefined && typeof issue.input !== 'string') return `quote it: "${node.plain}"`;
  if (issue.expected === 'Array' && typeof issue.input === 'object') return 'begin each entry of the list with "- "';
  if (issue.expected === 'boolean' && typeof issue.input === 'string') return 'write true or false, without quotes';
  if (typeof issue.input !== 'string') return undefined;
  return correction(issue.requirement, issue.input) ?? placeholderHint(issue.input, issue.message);
}

/** For a misspelt `{operator}`: the message of such a pattern names those that there are. */
function placeholderHint(found: string, message: string): string | undefined {
  const allowed: readonly string[] = message.match(/\{\w+\}/g) ?? [];
  const unknown = (found.match(/\{[^{}]*\}/g) ?? []).find((placeholder) => !allowed.includes(placeholder));
  return unknown === undefined ? undefined : didYouMean(unknown, allowed);
}

/** `(string | Array)` as people say it. */
function kinds(expected: string | null): string {
  const names: Readonly<Record<string, string>> = {
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
    Array: 'a list',
    Object: 'a mapping',
  };
  const parts = (expected ?? '').replace(/^\(|\)$/g, '').split(' | ');
  return parts.map((part) => names[part] ?? part).join(' or ');
}

function describe(value: unknown, node: YamlNode | undefined): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return shown(value);
  return typeof value === 'number' ? `the number ${node?.plain ?? String(value)}` : JSON.stringify(value);
}

/** `operators[1].image.platforms[0]`. */
function dotted(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

/** Where the value at a path is written, or its key; of one item instead of a list, the item. */
export function placeOf(source: Source, path: Path, atKey = false): Place {
  const found = find(source.root, path) ?? find(source.root, path.slice(0, -1));
  const offset = atKey ? found?.keyOffset : found?.node.offset;
  return placeAt(source.text, offset ?? source.root.offset, source.file);
}

function find(root: YamlNode, path: Path): { node: YamlNode; keyOffset: number } | undefined {
  let found = { node: root, keyOffset: root.offset };
  for (const step of path) {
    const entry = typeof step === 'string' ? found.node.entries?.get(step) : undefined;
    const node = typeof step === 'number' ? found.node.items?.[step] : entry?.node;
    if (node === undefined) return undefined;
    found = { node, keyOffset: entry?.keyOffset ?? node.offset };
  }
  return found;
}
