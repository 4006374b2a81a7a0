import type { Place } from '../errors.ts';

/**
 * Where in a chart a message of Helm points to; Chart.yaml for want of anything better. `chart`: its folder from the
 * repository's root, `subject`: what Helm says the message is on, a file or nothing.
 */
export function placeInChart(text: string, chart: string, subject = ''): Place {
  const template = /(?:^|[\s("])[\w.-]+\/((?:charts\/[\w.-]+\/)*templates\/[\w./-]*\w)(?::(\d+))?(?::(\d+))?/.exec(
    text,
  );
  if (template !== null) {
    const [, file = '', line, column] = template;
    return {
      file: `${chart}/${file}`,
      ...(line === undefined ? {} : { line: Number(line) }),
      // Templates count columns from 0 (text/template/parse), annotations from 1.
      ...(column === undefined ? {} : { column: Number(column) + 1 }),
    };
  }
  const named = /\.\w+$/.test(subject) ? subject : /\b(values(?:\.schema)?|Chart)\.(?:ya?ml|json)\b/.exec(text)?.[0];
  const file = named ?? 'Chart.yaml';
  // A line in YAML that a template renders is none of the template's.
  const line = file.startsWith('templates/') ? undefined : /\byaml: line (\d+)/.exec(text)?.[1];
  return { file: `${chart}/${file}`, ...(line === undefined ? {} : { line: Number(line) }) };
}
