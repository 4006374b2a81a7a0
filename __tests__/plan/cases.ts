import { kubebuilder, monorepo } from '../fixtures/repos/layouts.ts';
import type { Tree } from '../fixtures/repos/repo.ts';
import { digest, dispatched, pullRequest, pushTo, scheduled, tagged } from './world.ts';
import type { Happening } from './world.ts';

/** A plan that a golden file holds: `__tests__/golden/<name>.plan.json`. */
export interface Case {
  readonly name: string;
  readonly tree: Tree;
  readonly happening: Happening;
}

const controller = 'internal/controller/memo_controller.go';
const released = ['v1.0.0', 'v1.1.0', 'v2.0.0'];

const memo: Readonly<Record<string, Happening>> = {
  'pull-request': pullRequest(controller),
  'push-main': { ...pushTo('main', controller), tags: ['v0.1.0', 'v0.2.0'] },
  'push-other-branch': pushTo('feature/x', controller),
  'tag-first': tagged('v0.1.0'),
  'tag-promoted': { ...tagged('v2.1.0', ...released), history: { promotable: { tag: 'sha-3f2c9a1b7d20', digest } } },
  'tag-backport': tagged('v1.0.1', ...released),
  // The run of v2.1.0 failed, and somebody has tagged v2.2.0 already.
  'tag-after-failed': { ...tagged('v2.1.1', ...released, 'v2.1.0', 'v2.2.0'), releasedTags: released },
  'push-main-after-failed': { ...pushTo('main', controller), tags: ['v0.1.0', 'v0.2.0'], releasedTags: ['v0.1.0'] },
  'tag-prerelease': tagged('v2.1.0-rc.1', ...released),
  'dry-run': { ...dispatched({ version: '2.1.0', 'dry-run': 'true' }), tags: released },
  local: { tags: released },
  schedule: { ...scheduled, tags: released },
};

const ops: Readonly<Record<string, Happening>> = {
  'change-in-one': pullRequest('operators/nova/api/v1/types.go'),
  'change-in-common': pullRequest('internal/common/conditions/conditions.go', 'README.md'),
  'docs-only': pullRequest('README.md', 'docs/index.md'),
  'own-tag': tagged('keystone/v1.0.0', 'keystone/v0.9.0', 'nova/v3.0.0'),
  'lockstep-tag': tagged('v1.0.0', 'keystone/v0.9.0', 'nova/v0.3.0'),
};

function casesOf(prefix: string, tree: Tree, happenings: Readonly<Record<string, Happening>>): Case[] {
  return Object.entries(happenings).map(([name, happening]) => ({ name: `${prefix}-${name}`, tree, happening }));
}

export const cases: readonly Case[] = [
  ...casesOf('kubebuilder', kubebuilder, memo),
  ...casesOf('monorepo', monorepo, ops),
];
