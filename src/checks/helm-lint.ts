import { placeInChart } from '../chart/place.ts';
import type { Finding } from '../engine/outcome.ts';

/** `[ERROR] templates/: what`, and the lines that belong to it. */
interface Entry {
  readonly level: 'error' | 'warning';
  /** What it is on, as Helm names it: `templates/`, `values.yaml`, or nothing for the chart. */
  readonly subject: string;
  readonly lines: readonly string[];
}

/**
 * The findings of `helm lint`. Helm 3 writes each on one line; Helm 4 may put where and why on lines of their own.
 * `chart`: folder of the chart from the repository's root.
 */
export function parseHelmLint(stdout: string, chart: string): readonly Finding[] {
  const entries = entriesOf(stdout);
  // A chart that cannot be loaded is told again for its templates and for itself.
  const news = entries.filter((entry, index) => {
    const ending = endingOf(entry.lines.at(-1));
    return !entries
      .slice(0, index)
      .flatMap(({ lines }) => lines.map(endingOf))
      .some((other) => ending.endsWith(other) || other.endsWith(ending));
  });
  return news.map(({ level, subject, lines }) => ({
    level,
    title: 'helm lint',
    message: lines.join(': ').replace(/:: /g, ': '),
    at: placeInChart(lines.join('\n'), chart, subject),
  }));
}

/** What goes wrong stands at the end of a message; what was tried, before it. */
function endingOf(line = ''): string {
  return line.slice(-40);
}

function entriesOf(stdout: string): readonly Entry[] {
  const entries: { level: Entry['level'] | null; subject: string; lines: string[] }[] = [];
  for (const line of stdout.split('\n')) {
    const head = /^\[(ERROR|WARNING|INFO)\] ([^\s:]*): ?(.*)$/.exec(line);
    if (head !== null) {
      const [, name, subject = '', text = ''] = head;
      const level = name === 'ERROR' ? 'error' : name === 'WARNING' ? 'warning' : null;
      entries.push({ level, subject, lines: [text.trim()] });
    } else if (/^(==> Linting|Error: |\d+ chart\(s\) linted)/.test(line)) {
      entries.push({ level: null, subject: '', lines: [] });
    } else if (line.trim() !== '') {
      entries.at(-1)?.lines.push(line.trim());
    }
  }
  return entries.flatMap(({ level, ...entry }) => (level === null ? [] : [{ level, ...entry }]));
}
