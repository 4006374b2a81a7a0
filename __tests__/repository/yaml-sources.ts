import { parseAllDocuments } from 'yaml';
import { read, tracked } from './files.ts';

/** YAML of the repository: of a file, or of a code block in a page of Markdown. */
export interface YamlSource {
  /** `path` or `path:line of the block`. */
  readonly where: string;
  readonly text: string;
}

const fence = /^(?<indent> *)```ya?ml\n(?<text>[^]*?)^\k<indent>```$/gm;

/** All but samples of tests, which are wrong on purpose, and templates of charts, which are not YAML. */
export function yamlSources(): YamlSource[] {
  const here = (patterns: string[]): string[] =>
    tracked(...patterns, ':(exclude)__tests__', ':(exclude,glob)**/templates/**');
  return [
    ...here(['*.yml', '*.yaml']).map((path) => ({ where: path, text: read(path) })),
    ...here(['*.md']).flatMap((path) => blocks(path, read(path))),
  ];
}

export function blocks(path: string, page: string): YamlSource[] {
  return [...page.matchAll(fence)].map(({ index, groups }) => ({
    where: `${path}:${String(page.slice(0, index).split('\n').length + 1)}`,
    text: (groups?.['text'] ?? '').replaceAll(new RegExp(`^${groups?.['indent'] ?? ''}`, 'gm'), ''),
  }));
}

/** A `uses:` with the comment behind it; a `run:`. */
export interface Step {
  readonly where: string;
  readonly uses: { readonly action: string; readonly comment: string } | null;
  readonly run: string | null;
}

/** Every mapping with `uses` or `run` as text below `steps` or `jobs`, wherever it stands: also in parts of workflows. */
export function steps(source: YamlSource): Step[] {
  const found: Step[] = [];
  for (const document of parseAllDocuments(source.text)) collect(document.toJS(), source, found);
  return found;
}

function collect(value: unknown, source: YamlSource, found: Step[]): void {
  if (typeof value !== 'object' || value === null) return;
  if ('uses' in value && typeof value.uses === 'string') {
    found.push({
      where: source.where,
      uses: { action: value.uses, comment: comment(source.text, value.uses) },
      run: null,
    });
  }
  if ('run' in value && typeof value.run === 'string') found.push({ where: source.where, uses: null, run: value.run });
  for (const each of Object.values(value)) collect(each, source, found);
}

function comment(text: string, action: string): string {
  const line = text.split('\n').find((each) => each.includes(`uses: ${action}`)) ?? '';
  return /\s#\s*(.*)$/.exec(line)?.[1] ?? '';
}
