import { toJsonSchema } from '@valibot/to-json-schema';
import type { JsonSchema } from '@valibot/to-json-schema';
import { format } from 'prettier';
import type * as v from 'valibot';
import { configSchema } from '../../src/config/schema.ts';
import { planSchema } from '../../src/plan/schema.ts';
import { receiptSchema } from '../../src/release/receipt-schema.ts';

/** Draft 7, which every editor's YAML support reads; of what people write, not of what we make of it. */
export function jsonSchemaOf(schema: v.GenericSchema, title: string): JsonSchema {
  const { $schema, ...rest } = toJsonSchema(schema, { typeMode: 'input', ignoreActions: ['to_lower_case'] });
  return { $schema, title, ...rest };
}

export async function configJsonSchema(): Promise<string> {
  return json(jsonSchemaOf(configSchema, 'operator-release configuration (.github/operator-release.yaml)'));
}

export async function planJsonSchema(): Promise<string> {
  return json(jsonSchemaOf(planSchema, 'operator-release plan, as `plan --json` prints it'));
}

export async function receiptJsonSchema(): Promise<string> {
  return json(jsonSchemaOf(receiptSchema, 'operator-release receipt, the asset release.json of a release'));
}

async function json(schema: JsonSchema): Promise<string> {
  return format(JSON.stringify(schema), { parser: 'json', printWidth: 120 });
}
