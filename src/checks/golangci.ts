import type { Finding } from '../engine/outcome.ts';
import { compileErrors, doesNotCompile, lineOf } from './compile-errors.ts';

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
  return (issues ?? []).flatMap((issue): readonly Finding[] => {
    // The compiler's errors stand together in one issue, on the first line of some file.
    const errors = issue.FromLinter === 'typecheck' ? compileErrors(issue.Text) : [];
    if (errors.length > 0) return errors;
    const { Filename: file, Line: line, Column: column } = issue.Pos;
    return [
      {
        level: issue.Severity === 'warning' ? 'warning' : 'error',
        title: issue.FromLinter === 'typecheck' ? doesNotCompile : issue.FromLinter,
        message: issue.Text,
        at: { file, line, ...(column > 0 ? { column } : {}) },
      },
    ];
  });
}

/** The findings of `go vet`: `./file.go:12:3: message`, and errors of the compiler: `vet: file.go:12:3: message`. */
export function parseVet(stderr: string): readonly Finding[] {
  const broken = stderr.split('\n').filter((line) => line.startsWith('vet: '));
  const isBroken = new Set(compileErrors(broken.join('\n')).map(lineOf));
  return compileErrors(stderr).map((finding) =>
    isBroken.has(lineOf(finding)) ? finding : { ...finding, title: 'go vet' },
  );
}
