import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { format } from 'prettier';

/** The parts of action.yml that the README shows. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

export async function readAction(root: string): Promise<Action> {
  return load(await readFile(join(root, 'action.yml'), 'utf8')) as Action;
}

/** README.md with the tables of action.yml between its markers. Fails when the file or a marker is not there. */
export async function readme(root: string): Promise<string> {
  const text = await readFile(join(root, 'README.md'), 'utf8').catch(() => {
    throw new Error(
      'README.md is missing; it needs the markers <!-- inputs:begin/end --> and <!-- outputs:begin/end -->',
    );
  });
  const action = await readAction(root);
  const inputs = Object.entries(action.inputs).map(([name, input]) => [
    code(name),
    fallback(input.default),
    input.description,
  ]);
  const outputs = Object.entries(action.outputs).map(([name, output]) => [code(name), output.description]);
  const tables = {
    inputs: await table(['Input', 'Default', 'Description'], inputs),
    outputs: await table(['Output', 'Description'], outputs),
  };
  return between(between(text, 'inputs', tables.inputs), 'outputs', tables.outputs);
}

/** A Markdown table as prettier lays it out. */
export async function table(head: readonly string[], rows: readonly (readonly string[])[]): Promise<string> {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return markdown(lines.join('\n'));
}

export async function markdown(text: string): Promise<string> {
  return format(text, { parser: 'markdown', printWidth: 120, singleQuote: true });
}

export function code(text: string): string {
  return `\`${text}\``;
}

function fallback(value: string | undefined): string {
  return value === undefined || value === '' ? '' : code(value);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function between(text: string, name: string, content: string): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md needs the lines ${begin} and ${end}, in this order`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n${text.slice(to)}`;
}
