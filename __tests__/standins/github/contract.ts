import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Schemas } from './schema.ts';
import { isRecord } from './values.ts';

/** One endpoint of GitHub's description, found for a request. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly template: string;
  readonly node: Record<string, unknown>;
}

export interface Match {
  readonly operation: Operation;
  readonly params: Record<string, string>;
}

interface Route {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly template: string;
  readonly item: Record<string, unknown>;
}

/** GitHub pages this endpoint although its description names no paging. */
const extraQuery: Record<string, readonly string[]> = { 'git/list-matching-refs': ['page', 'per_page'] };

/** GitHub's own OpenAPI description, as the judge of every request and reply of the stand-in. */
export class Contract {
  readonly #components: Record<string, Record<string, unknown>>;
  readonly #routes: readonly Route[];
  readonly #schemas: Schemas;
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(description: Record<string, unknown>) {
    this.#components = description['components'] as Record<string, Record<string, unknown>>;
    amend(this.#components);
    this.#schemas = new Schemas(this.#components['schemas'] ?? {});
    this.#routes = Object.entries(description['paths'] as Record<string, Record<string, unknown>>)
      .map(([template, item]) => this.#route(template, item))
      .sort((a, b) => (rank(a.template) < rank(b.template) ? -1 : 1));
  }

  match(method: string, pathname: string): Match | null {
    for (const route of this.#routes) {
      const found = route.pattern.exec(pathname);
      const node = found === null ? undefined : route.item[method.toLowerCase()];
      if (found === null || !isRecord(node)) continue;
      const params = Object.fromEntries(route.names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? '')]));
      return { operation: { id: String(node['operationId']), method, template: route.template, node }, params };
    }
    return null;
  }

  /** What of a request GitHub does not know; empty when it is good. */
  checkRequest(match: Match, query: URLSearchParams, body: unknown): string[] {
    const { operation, params } = match;
    const text = { ...params, ...Object.fromEntries(query) };
    const found = this.#check(`${operation.id} parameters`, () => this.#parameters(operation), text);
    const content = record(record(operation.node['requestBody'])['content']);
    const json = record(content['application/json']);
    if (body !== undefined && 'schema' in json) {
      found.push(...this.#check(`${operation.id} body`, () => this.#schemas.compile(json['schema']), body));
    } else if (body !== undefined) {
      found.push(`${operation.id}: takes no JSON body`);
    }
    return found;
  }

  checkReply(operation: Operation, status: number, body: unknown): string[] {
    const declared = record(operation.node['responses'])[String(status)];
    if (declared === undefined && status < 400)
      return [`${operation.id}: replies with ${status}, which GitHub never does`];
    const json = record(record(this.#resolve(declared)['content'])['application/json']);
    const error = { $ref: '#/components/schemas/basic-error' };
    // The description leaves out most errors; GitHub's have all the same form, with `errors` when a field is wrong.
    const schema =
      'schema' in json ? json['schema'] : status === 422 ? validationError : status >= 400 ? error : undefined;
    if (schema === undefined) return body === undefined ? [] : [`${operation.id}: ${status} has no body at GitHub`];
    const name = 'schema' in json ? `${operation.id} ${status}` : `error ${status}`;
    return this.#check(name, () => this.#schemas.compile(schema), body);
  }

  #parameters(operation: Operation): ValidateFunction {
    const all = ((operation.node['parameters'] ?? []) as unknown[]).map((p) => this.#resolve(p));
    const used = all.filter((p) => p['in'] === 'path' || p['in'] === 'query');
    const extra = (extraQuery[operation.id] ?? []).map((name): [string, unknown] => [name, { type: 'integer' }]);
    return this.#schemas.compileText(
      Object.fromEntries([...used.map((p): [string, unknown] => [String(p['name']), p['schema']]), ...extra]),
      used.filter((p) => p['required'] === true).map((p) => String(p['name'])),
    );
  }

  #check(name: string, compile: () => ValidateFunction, value: unknown): string[] {
    const validate = this.#validators.get(name) ?? compile();
    this.#validators.set(name, validate);
    if (validate(structuredClone(value))) return [];
    return (validate.errors ?? []).map(
      (e) => `${name}${e.instancePath}: ${e.message ?? 'wrong'} ${JSON.stringify(e.params)}`,
    );
  }

  #resolve(node: unknown): Record<string, unknown> {
    const ref = record(node)['$ref'];
    if (typeof ref !== 'string') return record(node);
    const [kind = '', name = ''] = ref.split('/').slice(2);
    return record(this.#components[kind]?.[name]);
  }

  #route(template: string, item: Record<string, unknown>): Route {
    const names: string[] = [];
    const many = new Set<string>();
    for (const node of Object.values(item)) {
      for (const p of (record(node)['parameters'] ?? []) as unknown[]) {
        const parameter = this.#resolve(p);
        if (parameter['x-multi-segment'] === true) many.add(String(parameter['name']));
      }
    }
    const pattern = template.split(/(\{[^}]+\})/).map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
      const name = part.slice(1, -1);
      names.push(name);
      return many.has(name) ? '(.+)' : '([^/]+)';
    });
    return { pattern: new RegExp(`^${pattern.join('')}$`), names, template, item };
  }
}

const validationError = {
  type: 'object',
  required: ['message'],
  properties: {
    message: { type: 'string' },
    documentation_url: { type: 'string' },
    status: { type: 'string' },
    request_id: { type: 'string' },
    errors: { type: 'array' },
  },
};

/** Longer paths first, as a parameter may take many segments; then literals before parameters: /releases/latest before /releases/{release_id}. */
function rank(template: string): string {
  return `${99 - template.split('/').length} ${template.replace(/\{[^}]+\}/g, '~')}`;
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/** Where GitHub is known to differ from its description. */
function amend(components: Record<string, Record<string, unknown>>): void {
  const propertiesOf = (name: string): Record<string, unknown> =>
    record(record(components['schemas']?.[name])['properties']);
  // The text of the upload speaks of `starter`, the enum forgot it.
  (record(propertiesOf('release-asset')['state'])['enum'] as string[]).push('starter');
  // Errors repeat their status, and some their request.
  Object.assign(propertiesOf('validation-error'), { status: { type: 'string' }, request_id: { type: 'string' } });
}

let shared: Contract | undefined;

/** Reads the description once per process (13 MB, about 0.1 s). */
export function githubContract(): Contract {
  const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
  shared ??= new Contract(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
  return shared;
}
