import type { Finding } from '../engine/outcome.ts';

interface Issue {
  readonly FromLinter: string;
  readonly Text: string;
  readonly Severity?: string;
  readonly Pos: { readonly Filename: string; readonly Line: number; readonly Column: number };
}

/** The findings in golangci-lint's JSON output; null when it is no such output (it failed before it linted). */
export function parseGolangci(stdout: string): readonly Finding[] | null {
  const line = stdout.split('\n').find((text) => text.startsWith('{"Issues":'));
  if (line === undefined) return null;
  const { Issues: issues } = JSON.parse(line) as { Issues: readonly Issue[] | null };
  return (issues ?? []).map((issue) => ({
    level: issue.Severity === 'warning' ? 'warning' : 'error',
    title: issue.FromLinter,
    message: issue.Text,
    at: { file: issue.Pos.Filename, line: issue.Pos.Line, column: issue.Pos.Column },
  }));
}

/** The findings of `go vet`: `./file.go:12:3: message`. */
export function parseVet(stderr: string): readonly Finding[] {
  return stderr.split('\n').flatMap((line) => {
    const match = /^(?:vet: )?(?:\.\/)?([^\s:]+\.go):(\d+):(\d+): (.+)$/.exec(line);
    if (match === null) return [];
    const [, file = '', row, column, message = ''] = match;
    return [
      { level: 'error' as const, title: 'go vet', message, at: { file, line: Number(row), column: Number(column) } },
    ];
  });
}

/** The findings of `helm lint`: `[ERROR] templates/: message`. `chart`: folder of the chart from the repository's root. */
export function parseHelmLint(stdout: string, chart: string): readonly Finding[] {
  return stdout.split('\n').flatMap((line) => {
    const match = /^\[(ERROR|WARNING)\] (.+)$/.exec(line.trim());
    if (match === null) return [];
    const [, level, text = ''] = match;
    const place = /\(?([\w./-]+\.(?:ya?ml|tpl|txt))(?::(\d+))?/.exec(text);
    const inner = place?.[1]?.replace(/^[^/]+\/(?=templates\/)/, '');
    return [
      {
        level: level === 'ERROR' ? ('error' as const) : ('warning' as const),
        title: 'helm lint',
        message: text,
        at: {
          file: `${chart}/${inner ?? 'Chart.yaml'}`,
          ...(place?.[2] === undefined ? {} : { line: Number(place[2]) }),
        },
      },
    ];
  });
}
