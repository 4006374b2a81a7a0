import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';

const texts = v.record(v.string(), v.string());
const inputs = v.strictObject({ inputs: texts });

/** The file that tells how an action is driven; docs/conformance.md explains each key. */
const file = v.strictObject({
  name: v.string(),
  action: v.string(),
  inputs: texts,
  files: v.optional(texts, {}),
  prerelease: v.optional(inputs, { inputs: {} }),
  misspelt: v.optional(inputs),
  matrix: v.optional(
    v.strictObject({
      files: v.optional(texts, {}),
      eachLeg: v.optional(texts, {}),
      leg: inputs,
      finish: inputs,
    }),
  ),
});

/** What is read of an action.yml. */
const metadata = v.object({
  inputs: v.optional(
    v.record(v.string(), v.nullable(v.object({ default: v.optional(v.union([v.string(), v.number(), v.boolean()])) }))),
    {},
  ),
  runs: v.object({ using: v.pipe(v.string(), v.startsWith('node')), main: v.string(), post: v.optional(v.string()) }),
});

type Texts = Readonly<Record<string, string>>;

/** An action that releases files for a tag, and how it is told to. Values hold `${…}`, see `fill`. */
export interface Subject extends v.InferOutput<typeof file> {
  /** Paths of the scripts that the runner starts. */
  readonly main: string;
  readonly post: string | null;
  /** Of action.yml; the runner passes them where the workflow says nothing. */
  readonly defaults: Texts;
}

/** Reads a subject file and the action.yml that it names. Throws with the file and the key for what is wrong. */
export function readSubject(path: string): Subject {
  const subject = read(path, file);
  checkPlaceholders(path, subject);
  const folder = resolve(dirname(path), subject.action);
  const { inputs, runs } = read(join(folder, 'action.yml'), metadata);
  const defaults = Object.entries(inputs).map(([name, input]) => [name, String(input?.default ?? '')]);
  return {
    ...subject,
    main: join(folder, runs.main),
    post: runs.post === undefined ? null : join(folder, runs.post),
    defaults: Object.fromEntries(defaults) as Texts,
  };
}

/** Every text is filled in once, so that a placeholder that stands for nothing is found before the first row. */
function checkPlaceholders(path: string, subject: v.InferOutput<typeof file>): void {
  const values = { tag: 'v1.2.3', token: '', files: ['a'], leg: 'leg-1', github: {} };
  const { matrix } = subject;
  const places: Record<string, Texts | undefined> = {
    inputs: subject.inputs,
    files: subject.files,
    'prerelease.inputs': subject.prerelease.inputs,
    'misspelt.inputs': subject.misspelt?.inputs,
    'matrix.files': matrix?.files,
    'matrix.eachLeg': matrix?.eachLeg,
    'matrix.leg.inputs': matrix?.leg.inputs,
    'matrix.finish.inputs': matrix?.finish.inputs,
  };
  for (const [place, given] of Object.entries(places)) {
    for (const [name, text] of Object.entries(given ?? {})) {
      try {
        fillAll({ [name]: text }, values);
      } catch (error) {
        throw new Error(`${path}: ${place}.${name}: ${(error as Error).message}`, { cause: error });
      }
    }
  }
}

function read<const S extends v.GenericSchema>(path: string, schema: S): v.InferOutput<S> {
  const result = v.safeParse(schema, parse(readFileSync(path, 'utf8')));
  if (result.success) return result.output;
  const wrong = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  throw new Error(`${path}: ${wrong.join('; ')}`);
}

/** What the placeholders of a subject stand for in one run. */
export interface Values {
  readonly tag: string;
  readonly token: string;
  /** Paths from the checkout. */
  readonly files: readonly string[];
  readonly leg?: string;
  /** By name: `repository` for `${{ github.repository }}`, which defaults of action.yml hold. */
  readonly github: Texts;
}

/**
 * Fills in `${tag}`, `${token}`, `${leg}`, `${files}` (a line each), `${files:comma}`, `${files:json}`, `${names}` (without
 * folders, a line each) and `${{ github.… }}`. Throws for any other.
 */
export function fill(text: string, values: Values): string {
  const known: Readonly<Record<string, string | undefined>> = {
    tag: values.tag,
    token: values.token,
    leg: values.leg,
    files: values.files.join('\n'),
    'files:comma': values.files.join(','),
    'files:json': JSON.stringify(values.files),
    names: values.files.map((path) => basename(path)).join('\n'),
  };
  return text
    .replace(/\$\{\{\s*github\.(\w+)\s*\}\}/g, (_, name: string) => values.github[name] ?? '')
    .replace(/\$\{([^{}]*)\}/g, (whole, name: string) => {
      const value = known[name];
      if (value === undefined)
        throw new Error(`${whole} stands for nothing; known are ${Object.keys(known).join(', ')}`);
      return value;
    });
}

export function fillAll(given: Texts, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [fill(name, values), fill(text, values)]));
}
