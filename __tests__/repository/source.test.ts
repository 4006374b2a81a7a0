import ts from 'typescript';
import { expect, it } from 'vitest';
import { linesWith, read, tracked } from './files.ts';

const sources = tracked('src/*.ts');

it('no file of src is longer than 250 lines', () => {
  expect(sources.length).toBeGreaterThan(100);
  const lines = (path: string): number => read(path).trimEnd().split('\n').length;
  expect(sources.filter((path) => lines(path) > 250).map((path) => `${path}: ${String(lines(path))}`)).toEqual([]);
});

it('src gives no type up', () => {
  expect(sources.flatMap((path) => anys(path, read(path)))).toEqual([]);
  expect(linesWith(/@ts-(ignore|nocheck|expect-error)/, sources)).toEqual([]);
});

it('a rule of the linter is switched off for one line, with the reason', () => {
  const disabled = linesWith(
    /eslint-disable/,
    tracked('*.ts', '*.js', ':(exclude)dist', ':(exclude)__tests__/repository'),
  );
  expect(disabled.filter((line) => !/eslint-disable-next-line \S+ -- \S/.test(line))).toEqual([]);
});

it('no test is switched off, or singled out', () => {
  const off = /\b(it|test|describe)\.(skip|only|todo)\(\s*['"`]/;
  expect(linesWith(off, tracked('__tests__/*.test.ts', ':(exclude)__tests__/repository'))).toEqual([]);
});

it('finds what it looks for', () => {
  expect(anys('a.ts', 'let a: any;\nlet b = c as any[];\n// any\nlet any = "any";')).toEqual(['a.ts:1', 'a.ts:2']);
});

/** `path:line` of every type `any`. */
function anys(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) {
      found.push(`${path}:${String(file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
