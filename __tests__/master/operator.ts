import type { Repo, Tree } from '../fixtures/repos/repo.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import { miniOperator } from '../lab/mini-operator.ts';

/**
 * The release under test: v0.1.0 of a small operator, after v0.0.9. Its commit was built, tested and published from the
 * default branch, so that the tag promotes that image: what is left are the chart, install.yaml and all that publishes.
 */
export const repository = 'acme/mini-operator';
export const branch = 'main';
export const tag = 'v0.1.0';
export const earlierTag = 'v0.0.9';
export const image = 'acme/mini';
export const chart = 'acme/charts/mini';

/** Into this file the project's own command writes its environment. */
export const commandEnvironment = 'MASTER_COMMAND_ENVIRONMENT';

const off = { enabled: false };
const config = {
  defaults: {
    verify: off,
    lint: off,
    test: { unit: off, integration: off },
    e2e: off,
    chart: { before: [`env >> "$${commandEnvironment}"`] },
    release: { assets: ['NOTICE.txt'] },
  },
};

// JSON is YAML.
export const files: Tree = {
  ...miniOperator,
  '.github/operator-release.yaml': JSON.stringify(config, null, 2),
  'NOTICE.txt': 'mini-operator, by its authors\n',
};

export function makeOrigin(): Repo {
  const origin = makeRepo(files);
  origin.git('tag', earlierTag);
  origin.write({ 'internal/health/doc.md': 'What the kubelet asks for.\n' });
  origin.commit('feat: say what the probes are for (#7)');
  origin.git('tag', '--annotate', '--message', tag, tag);
  return origin;
}
