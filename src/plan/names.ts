import { posix } from 'node:path';
import type { Config } from '../config/types.ts';
import type { OperatorFacts } from '../facts/types.ts';
import type { Inputs } from '../inputs.ts';

/** `host[:port]/path` below which images go: the input, the configuration, or the owner's place at GHCR. */
export function registryOf(inputs: Inputs, config: Config, repository: string): string {
  const owner = repository.split('/')[0]?.toLowerCase() ?? '';
  return inputs.registry ?? config.registry ?? `ghcr.io/${owner === '' ? 'local' : owner}`;
}

/** The first part is a host when it has a dot or a port, as the clients of OCI registries tell. */
const hasHost = /^(?:localhost|[^/]*[.:][^/]*)\//;

/** Where an operator's image goes; null when it has none. Registries know lower case only. */
export function imageRepository(
  inputs: Inputs,
  config: Config,
  operator: OperatorFacts,
  repository: string,
): string | null {
  const image = operator.settings.image;
  if (image?.enabled === false) return null;
  const name = image?.repository ?? operator.name;
  return (hasHost.test(name) ? name : `${registryOf(inputs, config, repository)}/${name}`).toLowerCase();
}

/** Where a chart goes. Never the image's own repository: the chart would replace the image's tag. */
export function chartRepository(
  inputs: Inputs,
  config: Config,
  operator: OperatorFacts,
  repository: string,
  name: string,
): string {
  // A registry given for this run moves charts too, unless the configuration keeps them elsewhere for good.
  const charts = operator.settings.chart?.repository ?? (inputs.registry === undefined ? config.charts : undefined);
  return posix.join(charts ?? `${registryOf(inputs, config, repository)}/charts`, name).toLowerCase();
}
