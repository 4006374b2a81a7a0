import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { messageOf, Problem } from '../errors.ts';
import type { ExecOptions, ExecResult } from '../tools/exec.ts';
import { isRecord } from './rendered.ts';

/** What a chart's work needs of a stage. */
export interface ChartHost {
  readonly root: string;
  readonly scratch: string;
  run(tool: string, args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
}

/**
 * A copy of the chart in the scratch folder, with its dependencies built; the work tree stays as it is.
 * `purpose` keeps copies of stages that run side by side apart. Errors: OR-CHART-DEPENDENCIES.
 */
export async function chartWithDependencies(
  host: ChartHost,
  helm: string,
  chart: string,
  purpose: string,
): Promise<string> {
  const metadata = await readChart(join(host.root, chart), chart);
  // Helm takes the folder's name for the chart's in its messages.
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : 'chart';
  const copy = join(host.scratch, `chart-${purpose}`, name);
  await cp(join(host.root, chart), copy, { recursive: true, dereference: false });
  if (Array.isArray(metadata['dependencies']) && metadata['dependencies'].length > 0) {
    // file:// dependencies are relative to the chart in the checkout, so they are built there and copied.
    const built = await host.run(helm, ['dependency', 'build', join(host.root, chart)], { allowFailure: true });
    if (built.exitCode !== 0) {
      throw new Problem('OR-CHART-DEPENDENCIES', `the dependencies of ${chart} cannot be built`, {
        hint: 'run "helm dependency update" and commit Chart.lock',
        excerpt: built.stderr,
        at: { file: `${chart}/Chart.yaml` },
      });
    }
    await cp(join(host.root, chart), copy, { recursive: true, dereference: false });
  }
  return copy;
}

/** Chart.yaml of a folder. `shown`: how messages name the folder. Errors: OR-CHART-METADATA. */
export async function readChart(folder: string, shown: string): Promise<Readonly<Record<string, unknown>>> {
  const at = { file: `${shown}/Chart.yaml` };
  let value: unknown;
  try {
    value = load(await readFile(join(folder, 'Chart.yaml'), 'utf8'));
  } catch (cause) {
    throw new Problem('OR-CHART-METADATA', `${at.file} cannot be read: ${messageOf(cause).split('\n')[0] ?? ''}`, {
      hint: 'a chart needs a Chart.yaml with apiVersion, name and version',
      at,
      cause,
    });
  }
  if (!isRecord(value)) {
    throw new Problem('OR-CHART-METADATA', `${at.file} is not a mapping`, {
      hint: 'a chart needs a Chart.yaml with apiVersion, name and version',
      at,
    });
  }
  return value;
}
