import { oneLine } from './text.ts';
import type { Verdict } from './verdict.ts';

/** An argument that a shell takes as it is; quoted when it has to be. */
function shellWord(text: string): string {
  return /^[\w./:@+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Lines to copy that install what this run made public: by chart and by the release's manifest. */
export function installLines({ operator, published }: Pick<Verdict, 'operator' | 'published'>): string[] {
  const { chart, name } = operator;
  const chartIsOut = published.some((item) => item.kind === 'chart');
  // A release of several operators has one manifest for each.
  const manifest = published.find(
    (item) =>
      item.kind === 'asset' && [`/${name}-install.yaml`, '/install.yaml'].some((end) => item.name.endsWith(end)),
  );
  return [
    ...(chart !== null && chartIsOut
      ? [
          ['helm upgrade --install', name, `oci://${chart.repository}`, '--version', chart.version]
            .map((word, index) => (index === 0 ? word : shellWord(word)))
            .join(' '),
        ]
      : []),
    ...(manifest === undefined ? [] : [`kubectl apply -f ${shellWord(manifest.name)}`]),
  ].map(oneLine);
}
