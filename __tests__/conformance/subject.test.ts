import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fill, readSubject } from './subject.ts';

const folder = mkdtempSync(join(tmpdir(), 'subject-'));
afterAll(() => rmSync(folder, { recursive: true }));

function subject(
  text: string,
  action = 'runs: { using: node24, main: dist/index.js }',
): ReturnType<typeof readSubject> {
  writeFileSync(join(folder, 'subject.yaml'), text);
  writeFileSync(join(folder, 'action.yml'), action);
  return readSubject(join(folder, 'subject.yaml'));
}

describe('a subject file', () => {
  it('names the scripts and defaults of its action', () => {
    const action = `inputs: { latest: { default: true }, token: { default: '\${{ github.token }}' }, tag: {} }
runs: { using: node24, main: dist/index.js, post: dist/post.js }`;
    expect(subject('{ name: x, action: ., inputs: { tag: "${tag}" } }', action)).toMatchObject({
      main: join(folder, 'dist/index.js'),
      post: join(folder, 'dist/post.js'),
      defaults: { latest: 'true', token: '${{ github.token }}', tag: '' },
    });
  });

  it.each([
    ['a key that there is not', '{ name: x, action: ., inputs: {}, input: {} }', /subject\.yaml: input: /],
    ['a missing key', '{ name: x, action: . }', /subject\.yaml: inputs: /],
    [
      'a placeholder for nothing',
      '{ name: x, action: ., inputs: { f: "${file}" } }',
      /inputs\.f: \$\{file\} stands for/,
    ],
  ])('is refused for %s', (_name, text, message) => {
    expect(() => subject(text)).toThrow(message);
  });

  it('is refused for an action that is no script', () => {
    const action = 'runs: { using: composite, steps: [] }';
    expect(() => subject('{ name: x, action: ., inputs: {} }', action)).toThrow(/action\.yml: runs\.using: /);
  });
});

describe('a text of a subject file', () => {
  const values = { tag: 'v1', token: 't', files: ['out/a b', 'out/c'], github: { ref_name: 'v1' } };
  it.each([
    ['${tag} ${token}', 'v1 t'],
    ['${files}', 'out/a b\nout/c'],
    ['${files:comma}', 'out/a b,out/c'],
    ['${files:json}', '["out/a b","out/c"]'],
    ['${names}', 'a b\nc'],
    ['${{ github.ref_name }}-${{github.unknown}}', 'v1-'],
  ])('%s', (text, filled) => {
    expect(fill(text, values)).toBe(filled);
  });

  it('may name the leg only where there is one', () => {
    expect(() => fill('${leg}', values)).toThrow('${leg} stands for nothing');
    expect(fill('${leg}', { ...values, leg: 'leg-1' })).toBe('leg-1');
  });
});
