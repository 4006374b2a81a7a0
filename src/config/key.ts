import * as v from 'valibot';
import { duration, environment, listOf, text } from './values.ts';

/**
 * An optional key with its description and examples, as editors and docs/configuration.md show them.
 * They go before the schema's transformations, because the JSON Schema describes what is written, not what is read.
 */
export function key<const Schema extends v.GenericSchema>(
  schema: Schema,
  description: string,
  ...examples: readonly v.InferInput<Schema>[]
): v.ExactOptionalSchema<Schema, undefined> {
  return v.exactOptional(described(schema, description, ...examples));
}

/** The same for a key that must be there. */
export function described<const Schema extends v.GenericSchema>(
  schema: Schema,
  description: string,
  ...examples: readonly v.InferInput<Schema>[]
): Schema {
  const metadata = v.metadata({ description, ...(examples.length > 0 ? { examples } : {}) });
  const [first, ...actions] = 'pipe' in schema ? (schema.pipe as readonly [v.GenericSchema]) : [schema];
  const pipe = v.pipe as (...items: readonly unknown[]) => unknown;
  return pipe(first, metadata, ...actions) as Schema;
}

const commands = listOf(text);

/** What can be said of any stage, also of those that make or publish something and are never replaced. */
export const aroundKeys = {
  before: key(commands, "Commands that run before the stage, with `bash -euo pipefail` in the operator's folder.", [
    'make kind-dependencies',
  ]),
  after: key(commands, 'Commands that run after the stage, when it went well.'),
  enabled: key(v.boolean(), 'Whether the stage runs, where the repository has something for it. Default: true.'),
  timeout: key(duration, 'Longest time for the stage: `10m`, `1h30m` or a number of seconds.', '10m', 600),
  env: key(
    environment,
    'Environment of the commands and of every tool that the stage starts. Texts only: quote numbers.',
    { GOFLAGS: '-mod=vendor' },
  ),
};

/** What can be said of a check, which commands may replace. */
export const stageKeys = {
  run: key(
    listOf(text, 1),
    "Commands that replace the stage, with `bash -euo pipefail` in the operator's folder: one, or a list of them.",
    'make lint',
    ['make generate', 'make test'],
  ),
  ...aroundKeys,
};
