import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { load } from 'js-yaml';
import { messageOf, Problem } from '../errors.ts';
import type { Ports } from '../stages/types.ts';
import type { ExecOptions, ExecResult } from '../tools/exec.ts';
import { isRecord } from './rendered.ts';
import { repositoriesEnv } from './repositories.ts';

/** What a chart's work needs of a stage. */
export interface ChartHost {
  readonly root: string;
  readonly scratch: string;
  readonly ports: Pick<Ports, 'login'>;
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
  const dependencies = dependenciesOf(metadata);
  if (dependencies.length === 0) {
    await cp(join(host.root, chart), copy, { recursive: true });
    return copy;
  }
  // Charts that file:// names lie beside the copy as they lie beside the chart.
  const tree = join(host.scratch, `chart-${purpose}`, 'tree');
  const locals = dependencies.flatMap((repository) => {
    const path = posix.join(chart, repository.slice('file://'.length));
    return repository.startsWith('file://') && !path.startsWith('..') ? [path] : [];
  });
  // Helm tells best of one that is not there.
  for (const path of new Set([chart, ...locals])) {
    if (existsSync(join(host.root, path))) await cp(join(host.root, path), join(tree, path), { recursive: true });
  }
  const repositories = await repositoriesEnv(host, helm, dependencies, join(host.scratch, `chart-${purpose}`, 'helm'));
  const built = await host.run(helm, ['dependency', 'build', join(tree, chart)], {
    allowFailure: true,
    env: { ...host.ports.login, ...repositories },
  });
  if (built.exitCode !== 0) throw dependenciesProblem(chart, built);
  await cp(join(tree, chart), copy, { recursive: true });
  return copy;
}

function dependenciesProblem(chart: string, { stdout, stderr }: ExecResult): Problem {
  // Helm goes on without an index that it cannot fetch, and then only misses it; why is in the other output.
  const unreachable = stdout.match(/^\.\.\.Unable to get an update from .*(?:\n\t.*)*/gm) ?? [];
  return new Problem('OR-CHART-DEPENDENCIES', `the dependencies of ${chart} cannot be built`, {
    hint: /lock file.* out of sync/.test(stderr)
      ? `run "helm dependency update ${chart}" and commit Chart.lock`
      : stderr.includes('no repository definition for')
        ? 'name repositories by their URLs in Chart.yaml; an alias is known only where "helm repo add" was run'
        : 'see whether the repository, the name and the version that Chart.yaml and Chart.lock give are there',
    excerpt: [...unreachable, stderr.trim()].join('\n'),
    at: { file: `${chart}/Chart.yaml` },
  });
}

/** The repositories of a chart's dependencies. */
function dependenciesOf(metadata: Readonly<Record<string, unknown>>): readonly string[] {
  const list: unknown = metadata['dependencies'];
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown) =>
    isRecord(item) && typeof item['repository'] === 'string' ? item['repository'] : '',
  );
}

/** Chart.yaml of a folder. `shown`: how messages name the folder. Errors: OR-CHART-METADATA. */
export async function readChart(folder: string, shown: string): Promise<Readonly<Record<string, unknown>>> {
  const at = { file: `${shown}/Chart.yaml` };
  if (!existsSync(join(folder, 'Chart.yaml'))) {
    throw new Problem('OR-CHART-METADATA', `there is no ${at.file}`, {
      hint: 'operators[].chart.path names the folder of a chart, from the root of the repository',
      at,
    });
  }
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
