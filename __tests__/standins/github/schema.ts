import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { isRecord } from './values.ts';

const base = 'http://schemas/';

/**
 * Compiles the schemas of GitHub's OpenAPI 3.0 description when they are first used: there are 969 of them and a test
 * needs about ten. Objects are closed, so that a field that GitHub does not have is found; members of an `allOf` stay
 * open, as each of them sees the fields of the others.
 */
export class Schemas {
  readonly #components: Record<string, unknown>;
  readonly #ajv = new Ajv({ strict: false, logger: false });
  /** For query and path, where everything is text. */
  readonly #textAjv = new Ajv({ strict: false, logger: false, coerceTypes: 'array' });
  readonly #added = new Set<string>();

  constructor(components: Record<string, unknown>) {
    this.#components = components;
    formats.default(this.#ajv);
    formats.default(this.#textAjv);
  }

  compile(schema: unknown): ValidateFunction {
    return this.#ajv.compile(this.#convert(schema, true) as object);
  }

  compileText(properties: Record<string, unknown>, required: readonly string[]): ValidateFunction {
    const converted = Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, this.#convert(v, true)]));
    return this.#textAjv.compile({ type: 'object', properties: converted, required, additionalProperties: false });
  }

  #convert(schema: unknown, closed: boolean): unknown {
    if (!isRecord(schema)) return schema;
    if (typeof schema['$ref'] === 'string') return { $ref: this.#reference(schema['$ref'], closed) };
    const result: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties' && isRecord(value)) {
        result[key] = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.#convert(v, true)]));
      } else if (key === 'allOf' && Array.isArray(value)) {
        result[key] = value.map((member) => this.#convert(member, false));
      } else if ((key === 'oneOf' || key === 'anyOf') && Array.isArray(value)) {
        result[key] = value.map((member) => this.#convert(member, closed));
      } else if (key === 'items' || key === 'additionalProperties') {
        result[key] = this.#convert(value, true);
      } else if (kept.has(key)) {
        result[key] = value;
      }
    }
    if (closed && isRecord(schema['properties']) && !('additionalProperties' in schema) && !composed(schema)) {
      result['additionalProperties'] = false;
    }
    return schema['nullable'] === true ? nullable(result) : result;
  }

  #reference(ref: string, closed: boolean): string {
    const name = ref.slice(ref.lastIndexOf('/') + 1);
    const id = `${base}${name}${closed ? '' : '/open'}`;
    if (!this.#added.has(id)) {
      this.#added.add(id);
      const converted = this.#convert(this.#components[name], closed);
      const schema = { $id: id, ...(isRecord(converted) ? converted : {}) };
      this.#ajv.addSchema(schema);
      this.#textAjv.addSchema(schema);
    }
    return id;
  }
}

const kept = new Set(
  'type enum format pattern required minLength maxLength minimum maximum minItems maxItems uniqueItems'.split(' '),
);

function composed(schema: Record<string, unknown>): boolean {
  return 'allOf' in schema || 'oneOf' in schema || 'anyOf' in schema;
}

/** OpenAPI 3.0 marks what may be null; JSON Schema lists null as a type. */
function nullable(schema: Record<string, unknown>): Record<string, unknown> {
  if (typeof schema['type'] !== 'string' || composed(schema)) return { anyOf: [schema, { type: 'null' }] };
  const values = schema['enum'];
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}),
  };
}
