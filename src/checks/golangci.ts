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
