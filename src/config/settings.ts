import type { StageName } from '../plan/types.ts';
import { deepFreeze, isMapping } from './merge.ts';
import type { Config, OperatorSettings, StageSettings } from './types.ts';

/**
 * The settings of an operator that discovery found: those of its entry, which hold the defaults already, or the
 * defaults alone. `{operator}` and `{path}` are filled in everywhere except in commands, environment and Helm values.
 */
export function settingsFor(config: Config, name: string, path: string): OperatorSettings {
  const entry = config.operators.find((operator) => operator.name === name);
  const settings: Record<string, unknown> = { ...(entry ?? config.defaults) };
  delete settings.name;
  delete settings.path;
  return deepFreeze(fill(settings, { operator: name, path })) as OperatorSettings;
}

/** Keys whose texts belong to shells and charts, where braces mean something else. */
const verbatim = new Set(['run', 'before', 'after', 'env', 'generate', 'values']);

function fill(value: unknown, known: Readonly<Record<string, string>>, key = ''): unknown {
  if (verbatim.has(key)) return value;
  if (typeof value === 'string') {
    return value.replaceAll(/\{(operator|path)\}/g, (whole, name: string) => known[name] ?? whole);
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, known));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner, known, name)]));
}

interface Hooks {
  readonly run?: readonly string[];
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  readonly enabled?: boolean;
  readonly timeout?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Where each stage's keys are; `tags` has none, the policy of the file decides it. */
const sections: Readonly<Record<StageName, (settings: OperatorSettings) => Hooks | undefined>> = {
  verify: (settings) => settings.verify,
  lint: (settings) => settings.lint,
  unit: (settings) => settings.test?.unit,
  integration: (settings) => settings.test?.integration,
  'chart-check': (settings) => settings.chart?.check,
  'image-build': (settings) => settings.image,
  'chart-package': (settings) => settings.chart,
  bundle: (settings) => settings.bundle,
  cluster: (settings) => settings.e2e?.cluster,
  e2e: (settings) => settings.e2e,
  'publish-image': (settings) => settings.image?.publish,
  'publish-chart': (settings) => settings.chart?.publish,
  release: (settings) => settings.release,
  tags: () => undefined,
};

/** What the configuration says of one stage of one operator. */
export function stageSettings(settings: OperatorSettings, stage: StageName): StageSettings {
  const hooks = sections[stage](settings) ?? {};
  return {
    run: hooks.run,
    before: hooks.before ?? [],
    after: hooks.after ?? [],
    enabled: hooks.enabled,
    timeoutMs: hooks.timeout,
    env: hooks.env ?? {},
  };
}
