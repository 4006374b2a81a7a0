import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseReference, parseRepository, printName, printReference } from '../../src/registry/reference.ts';

const sha = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a reference', () => {
  test.each([
    ['ghcr.io/o/op', ['ghcr.io', 'o/op', null, null]],
    ['ghcr.io/o/op:v1.2.3', ['ghcr.io', 'o/op', 'v1.2.3', null]],
    [`ghcr.io/o/op@${sha}`, ['ghcr.io', 'o/op', null, sha]],
    [`ghcr.io/o/op:v1@${sha}`, ['ghcr.io', 'o/op', 'v1', sha]],
    ['localhost/op', ['localhost', 'op', null, null]],
    ['localhost:5000/op', ['localhost:5000', 'op', null, null]],
    ['registry:5000/op:1', ['registry:5000', 'op', '1', null]],
    ['127.0.0.1:5000/a/b/c', ['127.0.0.1:5000', 'a/b/c', null, null]],
    ['[::1]:5000/op', ['[::1]:5000', 'op', null, null]],
    ['Registry.Example.COM/op', ['Registry.Example.COM', 'op', null, null]],
    ['ghcr.io/a__b/c---d/e.f_g', ['ghcr.io', 'a__b/c---d/e.f_g', null, null]],
    ['ghcr.io/o/op:_X.y-z', ['ghcr.io', 'o/op', '_X.y-z', null]],
  ])('%s', (text, [registry, path, tag, digest]) => {
    expect(parseReference(text)).toEqual({ registry, path, tag, digest });
  });

  test.each([
    ['', 'host of the registry is missing'],
    ['op', 'host of the registry is missing'],
    ['o/op', 'host of the registry is missing'],
    ['oci://ghcr.io/o/op', 'host'],
    ['https://ghcr.io/o/op', 'host'],
    ['ghcr.io/', 'grammar'],
    ['ghcr.io//op', 'grammar'],
    ['ghcr.io/o/op/', 'grammar'],
    ['ghcr.io/o/../op', 'grammar'],
    ['ghcr.io/o/.op', 'grammar'],
    ['ghcr.io/o/op-', 'grammar'],
    ['ghcr.io/o/a___b', 'grammar'],
    ['ghcr.io/o/a..b', 'grammar'],
    ['ghcr.io/o/op x', 'grammar'],
    ['ghcr.io/o/op\n', 'grammar'],
    ['ghcr.io/MyOrg/op', 'capital letters'],
    ['ghcr.io/o/op:', 'tag'],
    ['ghcr.io/o/op:-a', 'tag'],
    ['ghcr.io/o/op:1.2.3+b5', 'tag'],
    ['ghcr.io/o/op:a:b', 'tag'],
    [`ghcr.io/o/op:${'x'.repeat(129)}`, 'tag'],
    ['ghcr.io/o/op@sha256:abc', 'digest'],
    [`ghcr.io/o/op@${sha.toUpperCase()}`, 'digest'],
    ['ghcr.io/o/op@', 'digest'],
    ['ghcr.io:99999/op', 'not a host'],
    ['-ghcr.io/op', 'not a host'],
    ['user:pass@ghcr.io/op', 'digest'],
    ['[::g]/op', 'not a host'],
    [`ghcr.io/${'a'.repeat(300)}`, '255'],
    ['%s(<nil>)/secret-operator:0.0.0-dev', 'not a host'],
  ])('%j is refused: %s', (text, why) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ code: 'OR-REGISTRY-NAME', message: expect.stringContaining(why) as string }) as Error,
    );
  });

  test('with capital letters comes with the name to write instead', () => {
    expect(() => parseReference('ghcr.io/MyOrg/op')).toThrow(
      expect.objectContaining({ hint: 'write it in lower case: ghcr.io/myorg/op' }) as Error,
    );
  });

  test('reads back as it was printed', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
    const reference = fc.record({
      registry: fc.constantFrom(
        'ghcr.io',
        'localhost',
        'localhost:5000',
        '[::1]:443',
        'a-b.example.com:65535',
        '10.0.0.1',
      ),
      path: fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
      tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/)),
      digest: fc.option(fc.stringMatching(/^sha256:[a-f0-9]{64}$/)),
    });
    fc.assert(
      fc.property(reference, (value) => {
        expect(parseReference(printReference(value))).toEqual(value);
      }),
    );
  });

  test('is read in linear time', () => {
    for (const text of [`ghcr.io/${'a-'.repeat(100_000)}!`, `ghcr.io/${'_'.repeat(200)}!`, `${'a.'.repeat(200)}!/x`]) {
      const started = performance.now();
      expect(() => parseReference(text)).toThrow('not the name');
      expect(performance.now() - started).toBeLessThan(50);
    }
  });
});

test('a repository has neither tag nor digest', () => {
  expect(parseRepository('ghcr.io/o/op').path).toBe('o/op');
  expect(() => parseRepository('ghcr.io/o/op:v1')).toThrow('no tag');
  expect(() => parseRepository(`ghcr.io/o/op@${sha}`)).toThrow('no tag');
});

test('a name is printed with a tag or a digest', () => {
  expect(printName('ghcr.io/o/op', 'v1')).toBe('ghcr.io/o/op:v1');
  expect(printName('ghcr.io/o/op', sha)).toBe(`ghcr.io/o/op@${sha}`);
});
