import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../../src/registry/challenge.ts';
import { checkRealm } from '../../src/registry/tokens.ts';
import { nextLink } from '../../src/registry/tags.ts';

const read = (header: string | null): [string, Record<string, string>][] =>
  parseChallenges(header).map(({ scheme, params }) => [scheme, Object.fromEntries(params)]);

describe('WWW-Authenticate', () => {
  test.each([
    ['Basic realm="x"', [['basic', { realm: 'x' }]]],
    ['BASIC', [['basic', {}]]],
    [
      'Bearer realm="https://h/token",service="h",scope="repository:a/b:pull,push"',
      [['bearer', { realm: 'https://h/token', service: 'h', scope: 'repository:a/b:pull,push' }]],
    ],
    ['Bearer realm = "a" , service= b', [['bearer', { realm: 'a', service: 'b' }]]],
    ['Bearer realm=https://h/token,service=h', [['bearer', { realm: 'https://h/token', service: 'h' }]]],
    ['Bearer Realm="a\\"b\\\\c"', [['bearer', { realm: 'a"b\\c' }]]],
    [
      'Basic realm="x", Bearer realm="y",service="z"',
      [
        ['basic', { realm: 'x' }],
        ['bearer', { realm: 'y', service: 'z' }],
      ],
    ],
    [
      'Bearer realm="y", Basic',
      [
        ['bearer', { realm: 'y' }],
        ['basic', {}],
      ],
    ],
    ['Bearer realm="first",realm="second"', [['bearer', { realm: 'first' }]]],
    ['Bearer realm="not closed', [['bearer', { realm: 'not closed' }]]],
    ['realm="of nothing"', []],
    [',,, ;', []],
    ['', []],
    [null, []],
  ])('%s', (header, wanted) => {
    expect(read(header)).toEqual(wanted);
  });

  test('skips a scheme with a token68', () => {
    expect(read('Negotiate YII==, Bearer realm="y"').at(-1)).toEqual(['bearer', { realm: 'y' }]);
  });

  test('reads back what a server writes', () => {
    const value = fc.string({
      unit: fc.constantFrom('a', 'Z', '9', '"', '\\', ' ', ',', '=', ':', '/'),
      maxLength: 30,
    });
    fc.assert(
      fc.property(value, value, (realm, service) => {
        const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
        const header = `Basic realm=${quote(service)}, Bearer realm=${quote(realm)},service=${quote(service)}`;
        expect(read(header)).toEqual([
          ['basic', { realm: service }],
          ['bearer', { realm, service }],
        ]);
      }),
    );
  });

  test('any text ends, in linear time', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => parseChallenges(text).length <= text.length));
    for (const piece of ['"', '\\', ',', 'a=', 'a ', '= ', 'a="', 'Bearer ']) {
      const started = performance.now();
      parseChallenges(piece.repeat((8 * 1024) / piece.length));
      expect(performance.now() - started).toBeLessThan(100);
    }
    expect(parseChallenges('a'.repeat(1_000_000))).toEqual([]);
  });
});

describe('a realm', () => {
  test.each([
    ['https://registry.example.com/v2/', 'https://registry.example.com/token'],
    ['https://registry.example.com/v2/', 'https://auth.example.org/token'],
    ['https://10.0.0.5/v2/', 'https://10.0.0.6/token'],
    ['http://127.0.0.1:5000/v2/', 'http://127.0.0.1:5001/token'],
    ['http://localhost:5000/v2/', 'http://[::1]:5001/token'],
  ])('of %s at %s gets the credentials', (registry, realm) => {
    expect(checkRealm(new URL(registry), realm, 's')).toEqual({ url: new URL(realm), service: 's' });
  });

  test.each([
    ['https://registry.example.com/v2/', 'http://registry.example.com/token', 'not https'],
    ['https://registry.example.com/v2/', 'http://127.0.0.1/token', 'not https'],
    ['https://registry.example.com/v2/', 'https://127.0.0.1/token', 'private'],
    ['https://registry.example.com/v2/', 'https://localhost/token', 'private'],
    ['https://registry.example.com/v2/', 'https://0x7f000001/token', 'private'],
    ['https://registry.example.com/v2/', 'https://10.1.2.3/token', 'private'],
    ['https://registry.example.com/v2/', 'https://169.254.169.254/latest', 'private'],
    ['https://registry.example.com/v2/', 'https://[::1]/token', 'private'],
    ['https://10.0.0.5/v2/', 'https://127.0.0.1/token', 'this machine'],
    ['http://127.0.0.1:5000/v2/', 'http://registry.example.com/token', 'not https'],
    ['https://registry.example.com/v2/', 'https://a:b@registry.example.com/token', 'user name'],
    ['https://registry.example.com/v2/', 'ftp://registry.example.com/token', 'not https'],
    ['https://registry.example.com/v2/', '/token', 'no URL'],
    ['https://registry.example.com/v2/', '', 'no URL'],
  ])('of %s at %s does not: %s', (registry, realm, why) => {
    expect(() => checkRealm(new URL(registry), realm, null)).toThrow(
      expect.objectContaining({ code: 'OR-REGISTRY-AUTH', message: expect.stringContaining(why) as string }) as Error,
    );
  });
});

describe('the next page', () => {
  test.each([
    ['</v2/a/tags/list?n=2&last=b>; rel="next"', '/v2/a/tags/list?n=2&last=b'],
    ['<https://h/x>; title="a"; rel=next', 'https://h/x'],
    ['<a>; rel="first", <b>; rel="next"', 'b'],
    ['<a>; rel="nextish"', null],
    ['<a>; rel="prev"', null],
    ['<a', null],
    ['', null],
    [null, null],
  ])('of %j is %j', (header, next) => {
    expect(nextLink(header)).toBe(next);
  });

  test('is found in linear time', () => {
    const started = performance.now();
    nextLink('<a>;'.repeat(4_000));
    nextLink(`<a>${'; rel'.repeat(4_000)}`);
    expect(performance.now() - started).toBeLessThan(100);
  });
});
