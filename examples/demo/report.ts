import { clock } from '../../src/report/duration.ts';
import { subject } from './checkout.ts';
import type { Inspection } from './inspect.ts';

/** Where the demo speaks to a person. */
export interface Report {
  /** A headline with the time since the start. */
  step(title: string): void;
  line(text: string): void;
  lines(texts: readonly string[]): void;
}

export function createReport(out: NodeJS.WritableStream & { readonly isTTY?: boolean }, now: () => number): Report {
  const bold = (text: string): string => (out.isTTY === true ? `\u001b[1m${text}\u001b[22m` : text);
  const line = (text: string): void => void out.write(text === '' ? '\n' : `  ${text}\n`);
  return {
    step: (title) => void out.write(`\n${bold(`${clock(now())}  ${title}`)}\n`),
    line,
    lines: (texts) => texts.forEach(line),
  };
}

/** What is public now, and how to get it. */
export function publishedLines({ receipt, release }: Inspection): string[] {
  const { image = null, chart = null } = receipt?.operators[0] ?? {};
  const lines: string[] = [];
  if (image !== null) {
    lines.push(`image    ${image.repository}`, `         ${image.digest}`);
    lines.push(`         tags ${subject.imageTags.join(', ')}; ${image.platforms.join(', ')}`);
  }
  if (chart !== null) lines.push(`chart    oci://${chart.repository}:${chart.version}`, `         ${chart.digest}`);
  if (release !== null) {
    lines.push(`release  ${release.url}`);
    for (const { name, size } of release.assets) lines.push(`         ${name} (${size} bytes)`);
  }
  return lines;
}

export function pullLines({ receipt, release }: Inspection): string[] {
  const { image = null, chart = null } = receipt?.operators[0] ?? {};
  const manifest = release?.assets.find(({ name }) => name === 'install.yaml');
  return [
    ...(chart === null ? [] : [`helm pull oci://${chart.repository} --version ${chart.version} --plain-http`]),
    ...(image === null ? [] : [`docker pull ${image.repository}@${image.digest}`]),
    ...(manifest === undefined ? [] : [`curl -fL ${manifest.url}`]),
  ];
}

export function countLine(writes: {
  readonly registry: readonly string[];
  readonly github: readonly string[];
}): string {
  const { registry, github } = writes;
  return `${registry.length} ${registry.length === 1 ? 'write' : 'writes'} reached the registry, ${github.length} reached GitHub`;
}
