import { Problem } from '../errors.ts';
import { placeInChart } from './place.ts';
import { parseManifests } from './rendered.ts';
import type { Manifest } from './rendered.ts';
import type { ChartHost } from './source.ts';
import { silent } from '../log.ts';

/**
 * The objects of a chart or its package with its default values, CRDs included. `shown`: how messages name the chart.
 * Errors: OR-CHART-RENDER, OR-CHART-YAML.
 */
export async function renderChart(
  host: ChartHost,
  helm: string,
  chart: string,
  shown: string,
  namespace = 'default',
): Promise<readonly Manifest[]> {
  const args = ['template', 'release-name', chart, '--include-crds', '--namespace', namespace];
  const result = await host.run(helm, args, { allowFailure: true, log: silent });
  if (result.exitCode !== 0) {
    const told = result.stderr.replace(/^(?:level=\w+ .*|Use --debug flag .*)$/gm, '').trim();
    const shownYaml = await brokenYaml(host, helm, args, told);
    throw new Problem(
      'OR-CHART-RENDER',
      `the chart ${shown} does not render with its default values: ${reasonOf(told)}`,
      {
        hint: `helm template ${shown} shows the same on your machine`,
        excerpt: shownYaml === null ? told : `${told}\n\n${shownYaml}`,
        at: placeInChart(told, shown),
      },
    );
  }
  return parseManifests(result.stdout, `what ${shown} renders`);
}

/** What went wrong, in one line: it stands at the end of the message. */
function reasonOf(told: string): string {
  const last = told.split('\n').at(-1)?.trim() ?? '';
  return last.replace(/^Error: /, '').replace(/^.*error converting YAML to JSON: yaml: /, '');
}

/** The lines around the fault in what a template renders: Helm counts them there, where nobody can look them up. */
async function brokenYaml(
  host: ChartHost,
  helm: string,
  args: readonly string[],
  told: string,
): Promise<string | null> {
  const [, file, line] = /YAML parse error on (\S+): .*?\byaml: line (\d+)/.exec(told) ?? [];
  if (file === undefined || line === undefined) return null;
  const { stdout } = await host.run(helm, [...args, '--debug'], { allowFailure: true, log: silent });
  const [, rest = ''] = stdout.split(`# Source: ${file}\n`);
  const lines = (rest.split(/^---\n/m)[0] ?? '').split('\n');
  const at = Number(line);
  const window = lines.slice(Math.max(0, at - 4), at + 2).map((text, index) => {
    const number = Math.max(0, at - 4) + index + 1;
    return `${number === at ? '>' : ' '} ${String(number).padStart(4)} | ${text}`;
  });
  return window.length === 0 ? null : [`${file} renders:`, ...window].join('\n');
}
