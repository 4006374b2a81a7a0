import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors.ts';
import { createMask, maskAll } from '../../src/report/mask.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('mask', () => {
  const secret = 'p@ss/wörd+1 "x"';
  const mask = createMask([{ value: secret, user: 'robot' }]);

  it.each([
    ['as it is', secret],
    ['in base64', base64(secret)],
    ['in base64 without padding', base64(secret).replace(/=+$/, '')],
    ['in the base64 of addresses', Buffer.from(secret).toString('base64url')],
    ['as HTTP Basic sends it', base64(`robot:${secret}`)],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in lower case', encodeURIComponent(secret).replace(/%../g, (octet) => octet.toLowerCase())],
    ['in a form', new URLSearchParams({ '': secret }).toString().slice(1)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
  ])('hides a secret %s', (_, form) => {
    expect(mask(`before ${form} after ${form}`)).toBe('before *** after ***');
  });

  it('leaves nothing of secrets that overlap', () => {
    expect(createMask([{ value: 'abcdef' }, { value: 'defghi' }])('xabcdefghix')).toBe('x***x');
    expect(createMask([{ value: 'abab' }])('ababab')).toBe('***');
  });

  it('hides each line of a key, but not its braces', () => {
    const key = '{\n  "private_key": "MIIEvQIBADAN"\n}\n';
    expect(createMask([{ value: key }])('{ "private_key": "MIIEvQIBADAN" }')).toBe('{ *** }');
  });

  it('takes what is empty or too short for no secret', () => {
    expect(createMask([{ value: '' }, { value: ' \n' }, { value: 'ab' }])('ab \n cd')).toBe('ab \n cd');
  });

  it('leaves no form of a secret in any text, and makes no text longer', () => {
    const value = fc
      .string({ minLength: 3, maxLength: 20 })
      .filter((text) => text.trim().length >= 3 && !text.includes('*'));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), fc.array(fc.string()), (secrets, texts) => {
        const hide = createMask(secrets.map((secretValue) => ({ value: secretValue, user: 'u' })));
        const pieces = secrets.flatMap((text) => [text, base64(text), encodeURIComponent(text), base64(`u:${text}`)]);
        const text = texts.flatMap((part, index) => [part, pieces[index % pieces.length] ?? '']).join('');
        const hidden = hide(text);
        for (const piece of pieces) expect(hidden).not.toContain(piece);
        expect(hidden.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

it('masks every text of a value, problems included', () => {
  const mask = createMask([{ value: 'hunter2' }]);
  const problem = new Problem('OR-X', 'login hunter2', {
    hint: 'hunter2?',
    excerpt: 'a\nhunter2',
    at: { file: 'hunter2', line: 3 },
  });
  const masked = maskAll({ problems: [problem], n: 1, none: null, list: ['hunter2'], flag: true }, mask);
  expect(masked).toMatchObject({ n: 1, none: null, list: ['***'], flag: true });
  const [found] = masked.problems;
  expect(found).toBeInstanceOf(Problem);
  expect(found).toMatchObject({
    code: 'OR-X',
    message: 'login ***',
    hint: '***?',
    excerpt: 'a\n***',
    at: { file: '***', line: 3 },
  });
  expect(maskAll(new Problem('OR-X', 'm'), mask)).toMatchObject({ hint: undefined, at: undefined });
});

it('copies nothing that holds no secret', () => {
  const plan = { clean: { list: ['a', { b: null }] }, other: ['hunter2'] };
  expect(maskAll(plan, createMask([]))).toBe(plan);
  const masked = maskAll(plan, createMask([{ value: 'hunter2' }]));
  expect(masked).toEqual({ clean: { list: ['a', { b: null }] }, other: ['***'] });
  expect(masked.clean).toBe(plan.clean);
});
