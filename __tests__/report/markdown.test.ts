import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, codeCell, contained, fence, foldable, link, prose, table } from '../../src/report/markdown.ts';

/** Text made of what means something to Markdown, HTML and GitHub, and any other text. */
const anything = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        '`',
        '```',
        '~~~',
        '|',
        '\\',
        '\n',
        '\r\n',
        '<',
        '</details>',
        '<img src=x>',
        '-->',
        '@octo',
        '[a](b)',
        '*',
        '_',
        '$',
        '&lt;',
        ' ',
        'x',
        '\u2028',
        '#',
        '!',
      ),
      { maxLength: 15 },
    )
    .map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary' }),
);

/** Cells of a table's row, where a backslash escapes the pipe that follows it; escaped backslashes count in `strict`. */
function cells(row: string, strict: boolean): string[] {
  const pattern = strict ? /^\| ((?:\\.|[^\\|])*) \|/ : /^\| ((?:\\\||[^|])*) \|/;
  const found: string[] = [];
  for (let rest = row; ;) {
    const match = pattern.exec(rest);
    if (match === null) return found;
    found.push(match[1] ?? '');
    rest = rest.slice(match[0].length - 1);
  }
}

describe('prose', () => {
  it.each([
    ['my_op *is* `here`', 'my\\_op \\*is\\* \\`here\\`'],
    ['a|b\nc', 'a\\|b c'],
    ['<b>&lt;', '\\<b>\\&lt;'],
    ['@octo', '@\u200bocto'],
    ['$x$', '<span>$</span>x<span>$</span>'],
    ['1.2.2 → 1.2.3 (#7)', '1.2.2 → 1.2.3 (#7)'],
  ])('%j', (text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  it('holds no markup, whatever the text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const rest = prose(text)
          .replaceAll('<span>$</span>', '')
          .replace(/\\[\\`*_[\]<|~&]/g, '');
        expect(rest).not.toMatch(/[\\`*_[\]<|~&$\r\n]|@(?!\u200b)/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('code', () => {
  it.each([
    ['v1.2.3', '`v1.2.3`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['', ''],
    ['a\nb', '`a b`'],
  ])('%j', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it('ends where it should', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const span = code(text);
        const ticks = /^`*/.exec(span)?.[0] ?? '';
        const body = span.slice(ticks.length, span.length - ticks.length);
        expect(span.includes('\n')).toBe(false);
        expect((body.match(/`+/g) ?? []).every((run) => run.length < ticks.length)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('has neither pipe nor backslash in a cell', () => {
    expect(codeCell('a|b')).toBe('<code>a&#124;b</code>');
    expect(codeCell('a\\|<b>@c')).toBe('<code>a&#92;&#124;&#60;b&#62;&#64;c</code>');
    expect(codeCell('plain')).toBe('`plain`');
  });
});

describe('table', () => {
  it('keeps every text in its cell, for parsers that count escaped backslashes and those that do not', () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 4 }), (texts) => {
        const rows = [texts.map(prose), texts.map(codeCell)];
        const lines = table(
          texts.map(() => ''),
          rows,
        ).split('\n');
        expect(lines).toHaveLength(4);
        for (const [index, row] of rows.entries()) {
          for (const strict of [true, false]) {
            const expected = row.map((cell) => cell.replace(/\s+/g, ' '));
            expect(cells(lines[index + 2] ?? '', strict)).toEqual(expected);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('fence', () => {
  it('is longer than any run of backticks inside', () => {
    expect(fence(['a', '```sh', 'rm'], 'sh')).toBe('````sh\na\n```sh\nrm\n````');
    fc.assert(
      fc.property(fc.array(anything), (lines) => {
        const all = fence(lines).split('\n');
        const ticks = all[0] ?? '';
        const closing = new RegExp(`^\\s*\`{${ticks.length},}\\s*$`);
        expect(all.slice(1, -1).filter((line) => closing.test(line))).toEqual([]);
        expect(all.at(-1)).toBe(ticks);
      }),
      { numRuns: 300 },
    );
  });
});

describe('link', () => {
  it('leads to the web or nowhere', () => {
    expect(link('v1', 'https://example.org/a_(b)')).toBe('[v1](https://example.org/a%5F%28b%29)');
    expect(link('v1', 'javascript:alert(1)')).toBe('v1');
    expect(link('a](b', 'not an address')).toBe('a\\](b');
  });

  it('cannot be left', () => {
    fc.assert(
      fc.property(anything, anything, (text, path) => {
        expect(link(text, `https://example.org/${path}`)).toMatch(/^\[(?:\\.|[^\\[\]])*\]\([^()\s<>\\|`]*\)$/u);
      }),
    );
  });
});

describe('contained', () => {
  it('shows HTML as text, breaks mentions and leaves code as it is', () => {
    expect(contained(['**ok** `a<b @x` <b> @octo', 'odd ` tick'])).toBe(
      '**ok** <code>a&#60;b &#64;x</code> &lt;b> @\u200bocto  \nodd &#96; tick  ',
    );
  });

  it('leaves blocks of code alone and closes one that is open', () => {
    expect(contained(['```go', '<b> @x', '  ```', '<b>'])).toBe('```go\n<b> @x\n  ```\n&lt;b>  ');
    expect(contained(['```', '</details>'])).toBe('```\n</details>\n```');
    expect(contained(['```a`b', '<b>'])).toBe('&#96;&#96;&#96;a&#96;b  \n&lt;b>  ');
  });

  it('lets no HTML through, whatever the lines', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 6 }), (lines) => {
        let fenced = '';
        for (const line of contained(lines).split('\n')) {
          const ticks = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1] ?? '';
          if (fenced !== '') {
            if (ticks.startsWith(fenced) && line.trim() === ticks) fenced = '';
            continue;
          }
          if (ticks !== '') fenced = ticks;
          else expect(line.replace(/<\/?code>/g, '')).not.toMatch(/[<`]/);
        }
        expect(fenced).toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

it('a title of a foldable part is text', () => {
  expect(foldable('a</summary><b> @x', 'body')).toBe(
    '<details><summary>a&#60;/summary&#62;&#60;b&#62; &#64;x</summary>\n\nbody\n\n</details>',
  );
});
