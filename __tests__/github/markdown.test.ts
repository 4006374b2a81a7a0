import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
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

  /** What GitHub's dialect of Markdown makes of it, as HTML. */
  const htmlOf = (markdown: string): string =>
    micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
  const textOf = (html: string): string => html.replace(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity] ?? '');
  const marks = fc.constantFrom(
    ...[
      '`',
      '``',
      '*',
      '_',
      '**',
      '~~',
      '[x](',
      '](',
      ')',
      '[',
      ']',
      '![',
      '[^1]',
      '[ ]',
      '- [x] ',
      '|',
      '$x$',
      '\\',
      '\\*',
    ],
    ...[
      '<b>',
      '</b>',
      '<!--',
      '-->',
      '<details>',
      '&lt;',
      '&#64;',
      '&amp;',
      '<https://x.y>',
      '<a@b.co>',
      '<?',
      '<![CDATA[',
    ],
    ...[
      'http://a.b',
      'https://e.com',
      'www.e.com',
      'ftp://x',
      'a@b.co',
      'mailto:a@b.co',
      'xmpp:a@b',
      '@octo',
      'o/r#4',
      '#12',
    ],
    ...[
      'GH-3',
      ':tada:',
      '---',
      '===',
      '# ',
      '## ',
      '> ',
      '- ',
      '+ ',
      '= ',
      '1. ',
      '2) ',
      '\n',
      '\n\n',
      '\t',
      '    ',
      ' ',
      'é',
      'x',
    ],
  );
  const titles = fc
    .array(fc.oneof(marks, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 12 })
    .map((parts) => parts.join(''));

  it('is text and nothing else to a real parser, in a list as in a table, and the same text', () => {
    fc.assert(
      fc.property(titles, (title) => {
        const line = title.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu, ' ');
        const wanted = line.replace(/\s+/g, ' ').trim().replaceAll('\u200b', '');
        fc.pre(wanted !== '');
        const shown = plain(title, 500);
        const list = htmlOf(`- ${shown} (end)\n`);
        const inList = /^<ul>\n<li>([^<>]*) \(end\)<\/li>\n<\/ul>\n?$/.exec(list)?.[1];
        expect(inList, list).toBeDefined();
        expect(textOf(inList ?? '').replaceAll('\u200b', '')).toBe(wanted);
        const table = htmlOf(`| a |\n|---|\n| x ${shown} |\n`);
        expect(table.replace(/<\/?(?:table|thead|tbody|tr|th|td)>/g, ''), table).not.toContain('<');
        expect(table.match(/<td>/g)).toHaveLength(1);
      }),
      { numRuns: 1000 },
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
