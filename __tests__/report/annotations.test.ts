import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/engine/outcome.ts';
import { Problem } from '../../src/errors.ts';
import {
  annotationsForActions,
  findingsForTerminal,
  findingsOf,
  selectAnnotations,
} from '../../src/report/annotations.ts';
import { command } from '../../src/report/commands.ts';
import { noPaint } from '../../src/report/paint.ts';
import { commandsIn } from './runner.ts';
import { outcomeSample } from './samples.ts';

const finding = (level: Finding['level'], line: number, message = 'unused variable'): Finding => ({
  level,
  message,
  title: 'unused',
  at: { file: 'api/v1/types.go', line, column: 7 },
});

it('come from findings and from problems with a place', () => {
  const problems = [
    new Problem('OR-A', 'here', { at: { file: 'a.yaml', line: 1 }, hint: 'do this' }),
    new Problem('OR-B', 'nowhere'),
  ];
  const outcomes = [
    outcomeSample('keystone', 'lint', { state: 'failed', problems }, { findings: [finding('warning', 3)] }),
  ];
  expect(findingsOf(outcomes)).toEqual([
    finding('warning', 3),
    { level: 'error', title: 'OR-A', message: 'here\ndo this', at: { file: 'a.yaml', line: 1 } },
  ]);
});

describe('on the runner', () => {
  it('show each once, ten of a level, and count the rest', () => {
    const findings = Array.from({ length: 14 }, (_, index) => finding('error', index + 1)).concat(
      finding('error', 1),
      Array.from({ length: 11 }, (_, index) => finding('warning', index + 1)),
      finding('notice', 1),
    );
    const lines = annotationsForActions(selectAnnotations(findings, 0));
    const levels = commandsIn(lines.join('\n')).map(({ name }) => name);
    expect(levels).toEqual([...Array<string>(10).fill('error'), ...Array<string>(10).fill('warning'), 'notice']);
    expect(lines.at(-1)).toBe(
      '4 more errors, 1 more warning without an annotation (GitHub shows 10 of a level); see the logs of the stages',
    );
    expect(lines[0]).toBe('::error file=api/v1/types.go,line=1,col=7,title=unused::unused variable');
  });

  it('leave room for the line of setFailed', () => {
    const findings = Array.from({ length: 12 }, (_, index) => finding('error', index + 1));
    const { shown, left } = selectAnnotations(findings, 1);
    expect([shown.length, left.error]).toEqual([9, 3]);
  });

  it('need no place', () => {
    expect(annotationsForActions(selectAnnotations([{ level: 'notice', message: 'a\nb' }], 0))).toEqual([
      '::notice::a%0Ab',
    ]);
  });

  it('arrive as they were sent', () => {
    const special = fc.string({ unit: fc.constantFrom(':', ',', '%', '0', 'A', 'D', '=', '\n', '\r', 'x', ' ') });
    const anything = fc.oneof(special, fc.string({ unit: 'binary' }));
    // The runner trims the properties' end and ignores empty ones.
    const property = anything.filter((text) => text !== '' && text.trim() === text);
    fc.assert(
      fc.property(property, property, anything, (file, title, message) => {
        expect(commandsIn(command('error', { file, title, line: 3 }, message))).toEqual([
          { name: 'error', properties: { file, title, line: '3' }, data: message },
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it('are one command each, whatever a finding says', () => {
    const text = fc.string({ unit: fc.constantFrom(':', '%', ',', '\n', '\r', '#', '[', 'A', ' ', '0', '=') });
    fc.assert(
      fc.property(text, text, text, (file, title, message) => {
        const lines = annotationsForActions(selectAnnotations([{ level: 'error', message, title, at: { file } }], 0));
        expect(commandsIn(lines.join('\n')).map(({ name }) => name)).toEqual(['error']);
      }),
    );
  });
});

it('are lines with a place on a terminal, all of them', () => {
  const findings = [finding('error', 3), finding('error', 3), { level: 'notice' as const, message: 'go.mod is tidy' }];
  expect(findingsForTerminal(findings, noPaint)).toEqual([
    'api/v1/types.go:3:7  error  unused: unused variable',
    'notice  go.mod is tidy',
  ]);
  expect(
    findingsForTerminal(
      Array.from({ length: 30 }, (_, i) => finding('error', i)),
      noPaint,
    ),
  ).toHaveLength(30);
});
