import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyConfig, loadConfig } from '../../src/config/load.ts';
import { collectFacts } from '../../src/facts/collect.ts';
import { readEvent } from '../../src/facts/event.ts';
import { openGit } from '../../src/facts/git.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo, Tree } from '../fixtures/repos/repo.ts';
import { read, tracked } from '../repository/files.ts';
import { configFile, emptyRegistry, inputs, noDocker, pinned } from './world.ts';
import type { World } from './world.ts';

/** What happens to a repository that was made of an example's folder. */
interface Story {
  /** Tags on the first commit. */
  readonly tags?: readonly string[];
  /** Files that the second commit changes; none: there is no second commit. */
  readonly changes?: readonly string[];
  /** GitHub's event about the newest commit. */
  readonly event: 'pull_request' | 'push' | { readonly tag: string };
}

const widget: Readonly<Record<string, Story>> = {
  'pull-request': { changes: ['internal/controller/widget_controller.go'], event: 'pull_request' },
  push: { changes: ['cmd/main.go'], event: 'push', tags: ['v1.2.2'] },
  tag: { event: { tag: 'v1.2.3' }, tags: ['v1.2.2', 'v2.0.0'] },
};

const ops: Readonly<Record<string, Story>> = {
  'pull-request': { changes: ['operators/nova/cmd/main.go'], event: 'pull_request' },
  'common-module': { changes: ['internal/common/health/health.go', 'README.md'], event: 'pull_request' },
  'docs-only': { changes: ['README.md'], event: 'pull_request' },
  push: { changes: ['operators/Dockerfile'], event: 'push', tags: ['nova/v1.2.2', 'v1.0.0'] },
  'own-tag': { event: { tag: 'keystone/v1.2.3' }, tags: ['v1.2.0', 'nova/v3.0.0'] },
  'tag-of-all': { event: { tag: 'v1.3.0' }, tags: ['keystone/v1.2.3', 'nova/v1.2.2'] },
};

export interface Example extends World {
  /** Of the golden file. */
  readonly name: string;
}

/** The plans' facts for every example: read from a real repository by what reads those of a run. */
export async function readExamples(): Promise<readonly Example[]> {
  return [...(await readExample('widget-operator', widget)), ...(await readExample('monorepo', ops))];
}

async function readExample(folder: string, stories: Readonly<Record<string, Story>>): Promise<Example[]> {
  const prefix = `examples/${folder}/`;
  const tree = Object.fromEntries(tracked(prefix).map((path) => [path.slice(prefix.length), read(path)]));
  const examples: Example[] = [];
  for (const [name, story] of Object.entries(stories)) {
    examples.push({ name: `example-${folder}-${name}`, ...(await tell(tree, story)) });
  }
  return examples;
}

async function tell(tree: Tree, story: Story): Promise<World> {
  const repo = makeRepo(tree);
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'event-')));
  try {
    for (const tag of story.tags ?? []) repo.git('tag', tag);
    const before = repo.git('rev-parse', 'HEAD');
    if (story.changes !== undefined) {
      repo.write(Object.fromEntries(story.changes.map((path) => [path, `${tree[path] ?? ''}\n// more\n`])));
      repo.commit('change');
    }
    if (typeof story.event === 'object') repo.git('tag', story.event.tag);
    const config = tree[configFile] === undefined ? emptyConfig : loadConfig(tree[configFile], configFile);
    const event = await readEvent(environmentOf(story, repo, before, join(scratch, 'event.json')), false);
    const git = await openGit(noDocker, repo.root);
    const sources = { git, exec: noDocker, event, registry: emptyRegistry, github: null };
    return { config, facts: pinned(await collectFacts(sources, inputs(), config)) };
  } finally {
    repo.remove();
    rmSync(scratch, { recursive: true });
  }
}

/** What the runner says. */
function environmentOf(story: Story, repo: Repo, before: string, file: string): Readonly<Record<string, string>> {
  const repository = { full_name: 'acme/ops', default_branch: 'main' };
  const pull = { number: 7, pull_request: { base: { sha: before }, head: { repo: repository } }, repository };
  writeFileSync(file, JSON.stringify(story.event === 'pull_request' ? pull : { before, repository }));
  const ref =
    story.event === 'pull_request'
      ? 'refs/pull/7/merge'
      : story.event === 'push'
        ? 'refs/heads/main'
        : `refs/tags/${story.event.tag}`;
  return {
    GITHUB_EVENT_NAME: story.event === 'pull_request' ? 'pull_request' : 'push',
    GITHUB_EVENT_PATH: file,
    GITHUB_REF: ref,
    GITHUB_SHA: repo.git('rev-parse', 'HEAD'),
    GITHUB_REPOSITORY: repository.full_name,
  };
}
