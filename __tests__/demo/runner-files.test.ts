import { setOutput } from '@actions/core';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseRunnerFile } from '../../examples/demo/runner-files.ts';

test('values of one line, of several lines, and empty ones', () => {
  const text = ['a=1', 'b<<EOF', 'x=1', '', 'y<<z', 'EOF', 'c=', 'd<<E', 'E', ''].join('\n');
  expect([...parseRunnerFile(text)]).toEqual([
    ['a', '1'],
    ['b', 'x=1\n\ny<<z'],
    ['c', ''],
    ['d', ''],
  ]);
});

test('a value may hold an equals sign or the mark of a delimiter', () => {
  expect(parseRunnerFile('url=http://x/?a=b<<c\n').get('url')).toBe('http://x/?a=b<<c');
});

test('what is no value, or has no end, is an error', () => {
  expect(() => parseRunnerFile('something\n')).toThrow('something');
  expect(() => parseRunnerFile('a<<EOF\nb\n')).toThrow('a');
});

test('reads what @actions/core writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runner-files-'));
  const before = process.env['GITHUB_OUTPUT'];
  try {
    const file = join(folder, 'output');
    writeFileSync(file, '');
    process.env['GITHUB_OUTPUT'] = file;
    setOutput('tags', 'v1.0.0\nv1.0');
    setOutput('digest', '');
    expect([...parseRunnerFile(readFileSync(file, 'utf8'))]).toEqual([
      ['tags', 'v1.0.0\nv1.0'],
      ['digest', ''],
    ]);
  } finally {
    if (before === undefined) delete process.env['GITHUB_OUTPUT'];
    else process.env['GITHUB_OUTPUT'] = before;
    rmSync(folder, { recursive: true });
  }
});
