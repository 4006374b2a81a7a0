import { readFile } from 'node:fs/promises';
import { isAbsolute, join, posix, relative } from 'node:path';
import { lintDockerfile } from '../checks/dockerfile.ts';
import { parseGolangci, parseVet } from '../checks/golangci.ts';
import { golangciCache } from '../checks/golangci-cache.ts';
import { parseHelmLint } from '../checks/helm-lint.ts';
import type { Finding } from '../engine/outcome.ts';
import { Problem } from '../errors.ts';
import { silent } from '../log.ts';
import { doesNotCompile } from '../checks/compile-errors.ts';
import { placeInWords } from '../report/problem-text.ts';
import { many } from '../report/text.ts';
import { tail } from '../tools/exec.ts';
import { chartWithDependencies } from '../chart/source.ts';
import type { Stage, StageContext } from './types.ts';

type Lint = StageContext<'lint'>;

/** golangci-lint with the project's configuration, go vet, helm lint and the Dockerfile; every finding of all, then one failure. */
export const lint: Stage<'lint'> = {
  name: 'lint',
  run: async (context) => {
    const findings: Finding[] = [];
    if (context.task.golangci) findings.push(...(await golangci(context)));
    if (context.task.vet) findings.push(...(await vet(context)));
    if (context.task.chart !== null) findings.push(...(await helmLint(context, context.task.chart)));
    if (context.task.dockerfile !== null) findings.push(...(await dockerfile(context, context.task.dockerfile)));
    const unique = dedupe(findings);
    for (const finding of unique) context.find(finding);
    const errors = unique.filter((finding) => finding.level === 'error');
    context.note(many(unique.length, 'finding'));
    if (errors.length === 0) return;
    const broken = errors.filter(({ title }) => title === doesNotCompile);
    const what = broken.length > 0 ? 'the code does not compile' : `lint found ${many(errors.length, 'problem')}`;
    throw new Problem('OR-LINT', what, {
      hint: hintOf(errors),
      // No place: each finding has its own, and an annotation.
      excerpt: (broken.length > 0 ? broken : errors).slice(0, 10).map(oneLine).join('\n'),
    });
  },
};

/** The commands that show these findings on a laptop. */
function hintOf(errors: readonly Finding[]): string {
  const titles = new Set(errors.map(({ title }) => title));
  if (titles.has(doesNotCompile)) return '"go vet ./..." shows the same on your machine';
  const others = [...titles].filter((title) => title !== 'go vet' && title !== 'helm lint');
  const commands = [
    ...(others.length > 0 ? ['"golangci-lint run" (with --fix it corrects some itself)'] : []),
    ...(titles.has('go vet') ? ['"go vet ./..."'] : []),
    ...(titles.has('helm lint') ? ['"helm lint --strict"'] : []),
  ];
  return `${commands.join(' and ')} ${commands.length === 1 ? 'shows' : 'show'} the same on your machine`;
}

/** golangci-lint runs go vet too, so that the same line may be found twice. */
function dedupe(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const what = finding.title === doesNotCompile ? finding.title : finding.message.replace(/^\w+: /, '');
    const key = `${finding.at?.file ?? ''}:${finding.at?.line ?? 0}:${what}`;
    return !seen.has(key) && seen.add(key);
  });
}

function oneLine(finding: Finding): string {
  const { at, message, title = '' } = finding;
  const place = at === undefined ? '' : `${placeInWords(at)}: `;
  return `${place}${message.split('\n')[0] ?? ''}${title === doesNotCompile ? '' : ` (${title})`}`;
}

async function golangci(context: Lint): Promise<readonly Finding[]> {
  context.progress('golangci-lint');
  const tool = await context.tool('golangci-lint', context.task.golangciVersion ?? undefined);
  // It names files from the folder of its configuration, which may be another one.
  const paths = ['--path-mode=abs', '--output.json.path=stdout', '--output.text.path=stderr'];
  // Operators are linted side by side; without the switch the second one is refused.
  const args = ['run', '--allow-parallel-runners', ...paths, '--show-stats=false', './...'];
  // Its JSON is for us; what it says of itself is on standard error.
  const env = golangciCache(context.root, { ...context.ports.env, ...context.task.commands.env });
  const result = await context.run(tool, args, { allowFailure: true, log: silent, env });
  for (const line of result.stderr.trimEnd().split('\n')) context.log.info(line);
  const found = parseGolangci(result.stdout);
  if (found === null || (result.exitCode !== 0 && found.length === 0)) {
    throw new Problem('OR-LINT-GOLANGCI', `golangci-lint could not lint (exit code ${result.exitCode})`, {
      hint: 'its own message above says why: often a configuration for another major version, or code that does not compile',
      excerpt: tail(result.stderr.trim() === '' ? result.stdout : result.stderr),
    });
  }
  return found.map((finding) => fromRoot(context, finding));
}

async function vet(context: Lint): Promise<readonly Finding[]> {
  context.progress('go vet');
  const result = await context.run('go', ['vet', './...'], { allowFailure: true });
  const found = parseVet(result.stderr);
  if (result.exitCode !== 0 && found.length === 0) {
    throw new Problem('OR-LINT-VET', 'go vet failed', {
      hint: 'the code has to compile before it can be checked',
      excerpt: tail(result.stderr),
    });
  }
  return found.map((finding) => fromRoot(context, finding));
}

async function dockerfile(
  context: Lint,
  { path, target }: NonNullable<Lint['task']['dockerfile']>,
): Promise<readonly Finding[]> {
  return lintDockerfile(await readFile(join(context.root, path), 'utf8'), target, path);
}

/** Tools name files absolutely or from the operator's folder; annotations need them from the repository's root. */
function fromRoot(context: Lint, finding: Finding): Finding {
  if (finding.at === undefined) return finding;
  const { file } = finding.at;
  const place = isAbsolute(file) ? relative(context.root, file) : posix.join(context.operator.path, file);
  return { ...finding, at: { ...finding.at, file: place } };
}

async function helmLint(context: Lint, chart: string): Promise<readonly Finding[]> {
  context.progress('helm lint');
  const helm = await context.tool('helm');
  const folder = await chartWithDependencies(context, helm, chart, 'lint');
  const result = await context.run(helm, ['lint', '--strict', folder], { allowFailure: true });
  const found = parseHelmLint(result.stdout, chart);
  if (result.exitCode !== 0 && !found.some((finding) => finding.level === 'error')) {
    // --strict fails on warnings: what it calls a warning is an error then.
    const errors = found.map((finding): Finding => ({ ...finding, level: 'error' }));
    if (errors.length > 0) return errors;
    throw new Problem('OR-LINT-HELM', 'helm lint failed', {
      hint: 'run helm lint --strict on the chart',
      excerpt: tail(result.stderr || result.stdout),
      at: { file: `${chart}/Chart.yaml` },
    });
  }
  return found;
}
