import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, fence, link, plain } from '../../src/github/markdown.ts';

describe('plain', () => {
  it.each([
    ['ping @everyone and @octo/team', '@\u200beveryone'],
    ['<script>alert(1)</script>', '&lt;script&gt;'],
    ['<!-- operator-release:end -->', '&lt;!--'],
    ['[x](javascript:alert(1))', '\\[x\\]('],
    ['![x](https://evil.example/p.png)', 'https:\u200b//evil'],
    ['see https://evil.example', 'https:\u200b//evil'],
    ['see www.evil.example', 'www\u200b.evil'],
    ['closes #12 and GH-7', '#\u200b12 and GH\u200b-7'],
    ['`code` **bold** ~~gone~~', '\\`code\\` \\*\\*bold\\*\\* \\~\\~gone\\~\\~'],
    ['a | b', 'a \\| b'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['one\r\n::error::two', 'one ::error::two'],
    ['safe \u202egnp.exe', 'safe gnp.exe'],
  ])('%j', (title, part) => {
    expect(plain(title)).toContain(part);
  });

  it('is one line without HTML, mentions and formatting for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = plain(text);
        expect(shown).not.toMatch(/[\r\n<>]/);
        expect(shown).not.toMatch(/@[^\u200b\s]/);
        expect(shown).not.toMatch(/(^|[^\\])(\\\\)*[`*_[\]~|]/);
      }),
    );
  });

  it('cuts long text between characters', () => {
    expect(plain('👩‍👩‍👧'.repeat(300), 5)).toBe(`${'👩‍👩‍👧'.repeat(4)}…`);
  });
});

it('code and fences cannot be left', () => {
  expect(code('a`b\nc')).toBe("`a'b c`");
  expect(fence('sh', ['x ``` y'])).toEqual(['````sh', 'x ``` y', '````']);
});

it('links go to http and https only', () => {
  expect(link('x', 'javascript:alert(1)')).toBe('x');
  expect(link('x', null)).toBe('x');
  expect(link('x', 'https://e.com/a(b)')).toBe('[x](https://e.com/a%28b%29)');
});
