import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseHelmLint } from '../../src/checks/helm-lint.ts';
import { placeInWords } from '../../src/report/problem-text.ts';
import { requires } from '../helpers/lab.ts';
import { repository } from './bench.ts';

const lab = requires('helm');

/** What our reading of a real `helm lint --strict` tells of a new chart with a fault. */
function told(fault: (chart: string) => void): string[] {
  const root = repository({ 'README.md': '' });
  execFileSync('helm', ['create', 'it'], { cwd: root });
  fault(join(root, 'it'));
  const { stdout } = spawnSync('helm', ['lint', '--strict', 'it'], { cwd: root, encoding: 'utf8' });
  return lines(stdout);
}

function lines(stdout: string): string[] {
  return parseHelmLint(stdout, 'charts/it').map(
    ({ level, at, message }) => `${level} ${at === undefined ? '' : placeInWords(at)}: ${message}`,
  );
}

/** Puts a line into the service's template, as its fifth. */
const insert =
  (line: string) =>
  (chart: string): void => {
    const file = join(chart, 'templates/service.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').toSpliced(4, 0, line).join('\n'));
  };

const append =
  (name: string, text: string) =>
  (chart: string): void =>
    appendFileSync(join(chart, name), text);

describe.skipIf(lab.missing.length > 0)(`helm lint tells once, where, and why${lab.note}`, () => {
  it.each([
    [
      'a value that is not there',
      insert('{{ .Values.a.b.c }}'),
      ['error charts/it/templates/service.yaml:5:', 'nil pointer evaluating interface {}.b'],
    ],
    [
      'a template that is none',
      insert('{{ if }}'),
      ['error charts/it/templates/service.yaml:5:', 'missing value for if'],
    ],
    [
      'a template that renders no YAML',
      append('templates/service.yaml', 'a: b\n  c: d\n'),
      ['error charts/it/templates/service.yaml:', 'mapping values are not allowed in this context'],
    ],
    [
      'values that are no YAML',
      append('values.yaml', 'a: b\n  c: d\n'),
      [/^error charts\/it\/values\.yaml:\d+:/, 'mapping values are not allowed in this context'],
    ],
    [
      'a schema that refuses the values',
      append('values.schema.json', '{"type":"object","required":["foo"]}'),
      ['error charts/it/values.yaml:', "missing property 'foo'"],
    ],
    [
      'a key of Chart.yaml that Helm does not know',
      append('Chart.yaml', 'engine: x\n'),
      ['warning charts/it/Chart.yaml:', 'unknown field "engine"'],
    ],
  ] as const)('%s', (_, fault, [start, reason]) => {
    const found = told(fault);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(start);
    expect(found[0]).toContain(reason);
  });
});

it('reads the lines of Helm 3', () => {
  const stdout = [
    '==> Linting it',
    '[INFO] Chart.yaml: icon is recommended',
    '[ERROR] templates/: template: it/templates/service.yaml:5:10: executing "it/templates/service.yaml" at <.Values.a.b.c>: nil pointer evaluating interface {}.b',
    '',
    'Error: 1 chart(s) linted, 1 chart(s) failed',
  ].join('\n');
  expect(lines(stdout)).toEqual([
    'error charts/it/templates/service.yaml:5:11: template: it/templates/service.yaml:5:10: executing "it/templates/service.yaml" at <.Values.a.b.c>: nil pointer evaluating interface {}.b',
  ]);
});

it('reads an empty output', () => {
  expect(lines('')).toEqual([]);
});
