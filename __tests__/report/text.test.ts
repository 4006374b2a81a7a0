import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clock, inWords, stopwatch } from '../../src/report/duration.ts';
import { megabytes } from '../../src/report/size.ts';
import {
  cut,
  inert,
  list,
  many,
  oneLine,
  pad,
  printable,
  printableLines,
  shortDigest,
  width,
} from '../../src/report/text.ts';
import { commandsIn } from './runner.ts';

describe('durations', () => {
  it.each([
    [0, '0:00', '00:00', '0 s'],
    [40, '0:00', '00:00', '0.1 s'],
    [420, '0:00', '00:00', '0.4 s'],
    [960, '0:01', '00:01', '1 s'],
    [41_000, '0:41', '00:41', '41 s'],
    [112_400, '1:52', '01:52', '1 min 52 s'],
    [391_000, '6:31', '06:31', '6 min 31 s'],
    [840_000, '14:00', '14:00', '14 min'],
    [3_599_600, '1:00:00', '1:00:00', '1 h'],
    [3_723_000, '1:02:03', '1:02:03', '1 h 2 min'],
    [-5, '0:00', '00:00', '0 s'],
  ])('%d ms', (ms, asClock, asStopwatch, words) => {
    expect([clock(ms), stopwatch(ms), inWords(ms)]).toEqual([asClock, asStopwatch, words]);
  });
});

describe('text from elsewhere', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a window title', '\u001b]0;owned\u0007text', 'text'],
    ['cleared screens', '\u001b[2J\u001b[Htext', 'text'],
    ['an escape made of two', '\u001b\u001b[31m[2Jtext', '[2Jtext'],
    ['backspaces and bells', 'a\u0008\u0007b', 'ab'],
    ['text turned around', 'access\u202etxt.exe', 'accesstxt.exe'],
    ['tabs stay', 'a\tb', 'a\tb'],
  ])('%s', (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('keeps the last state of a progress bar', () => {
    expect(printableLines('10 %\r50 %\r100 %\r\nnext\n')).toEqual(['100 %', 'next', '']);
  });

  it('is one line when it has to be', () => {
    expect(oneLine('a\r\n  b\u2028c\rd ')).toBe('a bc d');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oneLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
    );
  });
});

describe('inert', () => {
  it.each([
    ['::error::x', ': :error::x'],
    ['  \t::add-mask::x', '  \t: :add-mask::x'],
    [':::error::x', ': ::error::x'],
    ['tail ##[error]x', 'tail ## [error]x'],
    ['###[group]x', '### [group]x'],
    ['a\r::error::x', 'a\n: :error::x'],
    ['std::vector<int>', 'std::vector<int>'],
  ])('%j', (line, expected) => {
    expect(inert(line)).toBe(expected);
  });

  it('lets no text become a command', () => {
    const piece = fc.constantFrom(
      '::',
      ':',
      '##[',
      '#',
      '[',
      ']',
      'error',
      'GROUP',
      'add-mask',
      ' ',
      '\u0085',
      '\u200b',
      '\r',
      '\n',
      'x=1',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (anything) => {
        expect(commandsIn(inert(anything))).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(commandsIn('::error::x\ny ##[group]z').map(({ name }) => name)).toEqual(['error', 'group']);
  });
});

describe('columns', () => {
  it('counts what a terminal shows', () => {
    expect(width('✓ é e\u0301 日本 🚀')).toBe(14 - 1);
    expect(pad('日', 4)).toBe('日  ');
    expect(cut('日本語', 5)).toBe('日本…');
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 0)).toBe('');
  });

  it('never cuts to more than was asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, columns) => {
        expect(width(cut(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

it('words for numbers, lists and digests', () => {
  expect(list(['a', 'b'], 2)).toBe('a, b');
  expect(list(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
  expect(many(1, 'stage')).toBe('1 stage');
  expect(many(1234, 'stage')).toBe('1,234 stages');
  expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('sha256:abababababab…');
  expect(shortDigest('nonsense')).toBe('nonsense');
  expect(megabytes(21_449_000)).toBe('21.4 MB');
});
