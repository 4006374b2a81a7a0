import { describe, expect, it } from 'vitest';
import { crdDocuments } from '../../src/release/crds.ts';

const crd = (name: string): string =>
  `kind: CustomResourceDefinition\nmetadata:\n  name: ${name}\nspec:\n  group: x\n  example: 2020-01-01 # no date\n`;

describe('crdDocuments', () => {
  it('takes the CRDs out as they stand there', () => {
    const text = `kind: Namespace\n---\n# Source: c/crds/a.yaml\n${crd('a')}\n---\nkind: Service\n--- # b\n${crd('b')}---\n`;
    expect(crdDocuments(text, 'x')).toBe(`---\n# Source: c/crds/a.yaml\n${crd('a')}---\n${crd('b')}`);
  });

  it.each(['', '---\n', 'kind: Service\n', '# nothing\n---\n---\n'])('finds none in %j', (text) => {
    expect(crdDocuments(text, 'x')).toBeNull();
  });

  it('reads what Windows wrote', () => {
    const text = `${crd('a')}---\n${crd('b')}`.replaceAll('\n', '\r\n');
    expect(crdDocuments(text, 'x')?.match(/^---$/gm)).toHaveLength(2);
  });

  it('stops at what is no YAML', () => {
    expect(() => crdDocuments('a: [', 'x')).toThrow(/x is not valid YAML/);
  });
});
