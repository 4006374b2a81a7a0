import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonSchema } from '@valibot/to-json-schema';
import { stageKeys } from '../../src/config/key.ts';
import { configSchema } from '../../src/config/schema.ts';
import { code, markdown, table } from './readme.ts';
import { jsonSchemaOf } from './schemas.ts';

type Properties = Readonly<Record<string, JsonSchema>>;

const introduction = `# Configuration

<!-- Made by scripts/docs.ts from src/config/; do not edit. -->

A repository as kubebuilder makes it needs no configuration. For the rest there is \`.github/operator-release.yaml\`.
Every key is optional, except the \`name\` of an operator; unknown keys are refused. Paths count from the root of the
repository. In the texts of an operator \`{operator}\` and \`{path}\` stand for its name and folder, except in commands
and environment.

Editors complete and check the file when its first line names the schema:

\`\`\`yaml
# yaml-language-server: $schema=https://raw.githubusercontent.com/operator-release/operator-release/v1/schema/operator-release.schema.json
\`\`\`
`;

/** docs/configuration.md: the examples, then a table per mapping of the schema. */
export async function configuration(root: string): Promise<string> {
  const examples = await Promise.all(
    ['single', 'monorepo'].map((name) => readFile(join(root, `docs/examples/${name}.yaml`), 'utf8')),
  );
  const properties = propertiesOf(jsonSchemaOf(configSchema, ''));
  const { defaults, operators, ...top } = properties;
  const operator = propertiesOf(itemOf(operators));
  const parts = [
    introduction,
    '## Examples',
    ...examples.map((example) => `\`\`\`yaml\n${example}\`\`\``),
    '## The file',
    await rows({ ...top, ...(defaults && { defaults }), ...(operators && { operators }) }),
    ...(await mapping('tags', properties['tags'])),
    '## An operator',
    'In a list below `operators`; all but `name` and `path` also below `defaults`.',
    await rows(operator),
    '## Every stage',
    'The sections below take these keys, too.',
    await rows(pick(propertiesOf(propertiesOf(itemOf(operators))['lint']), Object.keys(stageKeys))),
    ...(await Promise.all(Object.entries(operator).map(([name, schema]) => mapping(name, schema)))).flat(),
  ];
  return markdown(parts.join('\n\n'));
}

/** Heading and table of a mapping, then those of the mappings in it. */
async function mapping(name: string, schema: JsonSchema | undefined): Promise<string[]> {
  const all = propertiesOf(schema);
  const inner = propertiesOf(itemOf(schema));
  if (Object.keys(all).length === 0)
    return Object.keys(inner).length === 0 ? [] : [`### ${code(`${name}[]`)}`, await rows(inner)];
  const stage = 'after' in all;
  const own = stage
    ? pick(
        all,
        Object.keys(all).filter((key) => !isCommon(key, all[key])),
      )
    : all;
  const takes = 'run' in all ? 'Beside the keys of every stage:' : 'Beside the keys of every stage except `run`:';
  const below = await Promise.all(Object.entries(own).map(([key, value]) => mapping(`${name}.${key}`, value)));
  const has = Object.keys(own).length > 0;
  return [
    `### ${code(name)}`,
    ...(schema?.description === undefined ? [] : [schema.description]),
    ...(stage ? [has ? takes : takes.replace('Beside the', 'The').replace(':', '.')] : []),
    ...(has ? [await rows(own)] : []),
    ...below.flat(),
  ];
}

/** `enabled` says something else in some sections, and stands in their tables then. */
function isCommon(key: string, schema: JsonSchema | undefined): boolean {
  return key in stageKeys && !(key === 'enabled' && schema?.description?.startsWith('False') === true);
}

function rows(properties: Properties): Promise<string> {
  return table(
    ['Key', 'Value', ''],
    Object.entries(properties).map(([name, schema]) => [code(name), kind(schema), text(schema)]),
  );
}

function text(schema: JsonSchema): string {
  const [example] = Array.isArray(schema.examples) ? (schema.examples as unknown[]) : [];
  const shown =
    example === undefined
      ? ''
      : ` Example: ${code(typeof example === 'string' && example !== '' ? example : JSON.stringify(example))}.`;
  return `${schema.description ?? ''}${shown}`;
}

function kind(schema: JsonSchema): string {
  if (schema.enum !== undefined)
    return schema.enum.map((value) => code(JSON.stringify(value).replaceAll('"', ''))).join(', ');
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((each) => (typeof each === 'object' ? kind(each) : '')).join(' or ');
  if (schema.type === 'array') return `list of ${kind(itemOf(schema) ?? {})}`;
  const names: Readonly<Record<string, string>> = { string: 'text', boolean: 'true, false', object: 'mapping' };
  return names[String(schema.type)] ?? String(schema.type);
}

function propertiesOf(schema: JsonSchema | undefined): Properties {
  return (schema?.properties ?? {}) as Properties;
}

function itemOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  return schema?.items === undefined ? undefined : (schema.items as JsonSchema);
}

function pick(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)));
}
