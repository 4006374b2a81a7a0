/**
 * Text from elsewhere (titles, names) as Markdown that shows exactly these characters: no mention, no link, no HTML, no
 * formatting, one line. A zero-width space is what stops GitHub's own mentions and references, which ignore backslashes.
 */
export function plain(text: string, maxLength = 200): string {
  const line = text.replace(invisible, ' ').replace(/\s+/g, ' ').trim();
  const points = [...new Intl.Segmenter('en').segment(line)].map((s) => s.segment);
  const cut = points.length > maxLength ? `${points.slice(0, maxLength - 1).join('')}…` : line;
  return (
    cut
      .replace(/[\\`*_[\]~|$]/g, '\\$&')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/@(?=\S)/g, `@${gap}`)
      .replace(/#(?=\d)/g, `#${gap}`)
      .replace(/GH-(?=\d)/gi, `GH${gap}-`)
      .replace(/:\/\//g, `:${gap}//`)
      // Wherever they stand: Markdown lets links begin after "_" and "*", which are no ends of words for \b.
      .replace(/(www)\./gi, `$1${gap}.`)
      .replace(/(mailto|xmpp):/gi, `$1${gap}:`)
      // What would make a heading, a list or a line of the whole.
      .replace(/^(#|[-+=](?=[-+=\s]|$))/, '\\$1')
      .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
  );
}

const gap = '\u200b';

/** Control characters, and those that turn the direction of writing and so show another text than there is. */
const invisible = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;

/** Text as inline code. */
export function code(text: string): string {
  return `\`${text.replace(invisible, ' ').replaceAll('`', "'").trim()}\``;
}

/** A link whose text is Markdown already. An address that is no http(s) URL gives the text alone. */
export function link(text: string, url: string | null): string {
  if (url === null || !URL.canParse(url)) return text;
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return text;
  return `[${text}](${href.replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29'))})`;
}

/** A block of code that no content can leave. */
export function fence(language: string, lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return [`${ticks}${language}`, ...lines.map((line) => line.replace(/[\r\n]+/g, ' ')), ticks];
}
