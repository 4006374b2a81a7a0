import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';

const root = join(import.meta.dirname, '../..');
const schema = JSON.parse(readFileSync(join(root, 'schema/operator-release.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

function files(folder: string): [string, string][] {
  return readdirSync(join(root, folder)).map((name) => [name, readFileSync(join(root, folder, name), 'utf8')]);
}

/** The value as an editor's YAML reader sees it, which is not ours. */
function valueOf(text: string): unknown {
  return load(text.replace(/^\uFEFF/, ''));
}

describe.each([...files('__tests__/config/fixtures/good'), ...files('docs/examples')])('%s', (_, text) => {
  it('is good for the loader and for the published schema', () => {
    expect(() => loadConfig(text)).not.toThrow();
    expect(validate(valueOf(text)), JSON.stringify(validate.errors)).toBe(true);
  });
});

describe.each(files('__tests__/config/fixtures/bad'))('%s', (_, text) => {
  it('is refused by the loader with a place, and by the published schema', () => {
    expect(() => loadConfig(text)).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^OR-CONFIG-(KEY|VALUE)$/) as string,
        at: expect.objectContaining({ line: 1, column: expect.any(Number) as number }) as object,
      }) as Error,
    );
    expect(validate(valueOf(text))).toBe(false);
  });
});

it.each(files('__tests__/config/fixtures/bad-beyond-schema'))('%s: only the loader can refuse it', (_, text) => {
  expect(() => loadConfig(text)).toThrow(
    expect.objectContaining({
      code: expect.stringMatching(/^OR-CONFIG-/) as string,
      at: expect.objectContaining({ line: 1 }) as object,
    }) as Error,
  );
  expect(validate(valueOf(text))).toBe(true);
});

interface Described {
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

/** Every key of the schema with its path. */
function keys(node: Described, path = ''): [string, Described][] {
  const inner = Object.entries(node.properties ?? {}).flatMap(([name, each]): [string, Described][] => [
    [`${path}${name}`, each],
    ...keys(each, `${path}${name}.`),
  ]);
  return node.items === undefined ? inner : [...inner, ...keys(node.items, path.replace(/\.$/, '[].'))];
}

describe('the published schema', () => {
  const all = keys(schema);

  it('describes every key in a sentence', () => {
    expect(all.length).toBeGreaterThan(150);
    expect(
      all
        .filter(
          ([, key]) =>
            !/^[A-Z`].*\.$/s.test(key.description ?? '') && !/^(go|helm|golangci|chainsaw)/.test(key.description ?? ''),
        )
        .map(([path]) => path),
    ).toEqual([]);
  });

  it('gives examples that it takes itself', () => {
    const withExamples = all.filter(([, key]) => key.examples !== undefined);
    expect(withExamples.length).toBeGreaterThan(50);
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    const wrong = withExamples.flatMap(([path, key]) =>
      (key.examples ?? []).filter((example) => !ajv.validate(key, example)).map(() => path),
    );
    expect(wrong).toEqual([]);
  });
});
