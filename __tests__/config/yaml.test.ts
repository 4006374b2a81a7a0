import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/yaml.ts';
import { Problem, Problems } from '../../src/errors.ts';

function problemsOf(text: string): readonly Problem[] {
  try {
    parseYaml(text, 'f.yaml');
  } catch (error) {
    if (error instanceof Problems) return error.problems;
    if (error instanceof Problem) return [error];
    throw error;
  }
  return [];
}

describe('parseYaml', () => {
  it('reads scalars as YAML 1.2 does', () => {
    const text =
      'a: 1.10\nb: yes\nc: ~\nd: 0o17\ne: "1"\nf: !!str 1.10\ng: 2024-01-01\nh: true\ni:\nj: |\n  x\n  y\n1.10: k';
    expect(parseYaml(text, 'f')?.value).toEqual({
      a: 1.1,
      b: 'yes',
      c: null,
      d: 15,
      e: '1',
      f: '1.10',
      g: '2024-01-01',
      h: true,
      i: null,
      j: 'x\ny\n',
      '1.10': 'k',
    });
  });

  it('keeps what is written and where', () => {
    const node = parseYaml('a:\n  - x\n  - {b: 1.10}\n', 'f')?.entries?.get('a')?.node.items?.[1]?.entries?.get('b');
    expect(node).toMatchObject({ keyOffset: 14, node: { plain: '1.10', value: 1.1, offset: 17 } });
  });

  it('reads aliases', () => {
    expect(parseYaml('a: &x {b: [1]}\nc: *x\n', 'f')?.value).toEqual({ a: { b: [1] }, c: { b: [1] } });
  });

  it.each([
    ['a:\n\tb: 1', 2, 1, /tab/, 'indent with spaces'],
    ['a: "x', 1, 6, /unexpected end/, undefined],
    ['a: b: c', 1, 5, /bad indentation/, undefined],
    ['a: 1\nb: 2\na: 3', 3, 1, /"a" is here twice/, 'merge it with the one above, or remove one'],
    ['a: 1\n"a": 2', 2, 1, /"a" is here twice/, 'merge it with the one above, or remove one'],
    ['a: 1\n---\nb: 2', 3, 1, /second YAML document/, undefined],
    ['a: &x [*x]', 1, 8, /\*x is inside of what it stands for/, undefined],
    ['a: *x', 1, 4, /\*x has no anchor/, undefined],
    ['a: !!binary aGk=', 1, 4, /tag !!binary/, 'remove it'],
    ['__proto__: {a: 1}', 1, 1, /__proto__ cannot be a key/, undefined],
    ['[a]: b', 1, 1, /list or mapping cannot be a key/, undefined],
    ['a: \u0000', 1, 4, /null byte/, undefined],
  ])('refuses %j', (text, line, column, message, hint) => {
    const [problem, ...more] = problemsOf(text);
    expect(problem).toMatchObject({ code: 'OR-CONFIG-YAML', at: { file: 'f.yaml', line, column }, hint });
    expect(problem?.message).toMatch(message);
    expect(more).toEqual([]);
  });

  it('reports several at once', () => {
    expect(problemsOf('a: 1\na: 2\nb: *x\nc: !!set {d}\n').map((problem) => problem.at?.line)).toEqual([2, 3, 4]);
  });

  it('counts columns in a file with a BOM and Windows line ends as an editor does', () => {
    expect(problemsOf('\uFEFFa: 1\r\nb:\r\n  c: *x\r\n')[0]?.at).toEqual({ file: 'f.yaml', line: 3, column: 6 });
  });

  it('stops at anchors that spell out to billions of values, at once', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level <= 12; level++) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
    }
    const start = performance.now();
    expect(problemsOf(lines.join('\n'))[0]?.message).toMatch(/spell out to more than 250000 values/);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('stops at deep nesting and at large files', () => {
    expect(problemsOf('['.repeat(5_000))[0]?.code).toBe('OR-CONFIG-YAML');
    expect(problemsOf('#'.repeat(1024 * 1024 + 1))[0]?.message).toMatch(/larger than 1024 KiB/);
  });
});
