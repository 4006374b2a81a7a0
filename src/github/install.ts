import { fence } from './markdown.ts';

export interface Install {
  /** Name under which it is installed. */
  readonly name: string;
  readonly namespace: string;
  /** `host/path/<name>` without `oci://`. */
  readonly chart: { readonly repository: string; readonly version: string; readonly digest: string } | null;
  /** Where the CRDs can be downloaded that Helm installs with the chart and does not upgrade. */
  readonly crdsUrl: string | null;
  /** Where the manifest can be downloaded. */
  readonly manifestUrl: string | null;
}

/** How the operator gets into a cluster, to copy and paste. Markdown lines; none when there is neither chart nor manifest. */
export function installLines(install: Install): string[] {
  const { chart, crdsUrl, manifestUrl } = install;
  const shell = [
    // Over what an earlier `helm install` or this line has set; the first one needs it no less than the next.
    ...(chart === null || crdsUrl === null ? [] : [`kubectl apply --server-side --force-conflicts -f ${crdsUrl}`]),
    ...(chart === null ? [] : helm(install, chart)),
    ...(manifestUrl === null ? [] : [`kubectl apply --server-side -f ${manifestUrl}`]),
  ];
  if (shell.length === 0) return [];
  const lines = fence('sh', shell);
  if (chart === null) return lines;
  return [
    ...lines,
    '',
    '<details><summary>Flux</summary>',
    '',
    ...fence('yaml', flux(install, chart)),
    '',
    '</details>',
  ];
}

type Chart = NonNullable<Install['chart']>;

function helm({ name, namespace }: Install, chart: Chart): string[] {
  return [
    `helm upgrade --install ${name} oci://${chart.repository} --version ${chart.version} \\`,
    `  --namespace ${namespace} --create-namespace`,
  ];
}

function flux({ name, namespace }: Install, chart: Chart): string[] {
  return [
    'apiVersion: source.toolkit.fluxcd.io/v1',
    'kind: OCIRepository',
    `metadata: {name: ${name}, namespace: flux-system}`,
    'spec:',
    '  interval: 1h',
    `  url: oci://${chart.repository}`,
    '  ref:',
    `    tag: "${chart.version.replaceAll('+', '_')}"`,
    `    digest: ${chart.digest}`,
    '  layerSelector:',
    '    mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    '    operation: copy',
    '---',
    'apiVersion: helm.toolkit.fluxcd.io/v2',
    'kind: HelmRelease',
    `metadata: {name: ${name}, namespace: flux-system}`,
    'spec:',
    '  interval: 1h',
    `  chartRef: {kind: OCIRepository, name: ${name}}`,
    `  targetNamespace: ${namespace}`,
    '  install: {createNamespace: true, crds: Create}',
    '  upgrade: {crds: CreateReplace}',
  ];
}
