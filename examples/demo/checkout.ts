import { cp } from 'node:fs/promises';
import { exec } from '../../src/tools/exec.ts';

/** What is released, and under which name. */
export const subject = {
  repository: 'demo/widget-operator',
  operator: 'widget-operator',
  branch: 'main',
  tag: 'v0.1.0',
  version: '0.1.0',
  /** By the rules for version tags; `latest` follows the default branch. */
  imageTags: ['v0.1.0', 'v0.1', 'stable'],
} as const;

/** Names and times are fixed, and the user's own settings of git have no say: the commit is the same everywhere. */
const identity = {
  GIT_AUTHOR_NAME: 'Demo',
  GIT_AUTHOR_EMAIL: 'demo@example.com',
  GIT_AUTHOR_DATE: '2026-01-01T12:00:00Z',
  GIT_COMMITTER_NAME: 'Demo',
  GIT_COMMITTER_EMAIL: 'demo@example.com',
  GIT_COMMITTER_DATE: '2026-01-01T12:00:00Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};

/** Makes `folder` a git repository with the operator as its only commit, tagged; gives the commit. */
export async function makeCheckout(source: string, folder: string): Promise<string> {
  await cp(source, folder, { recursive: true });
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await exec('git', args, { cwd: folder, env: identity });
    return stdout.trim();
  };
  await git('init', '--quiet', '--template=', '--object-format=sha1', `--initial-branch=${subject.branch}`);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'Widgets become ConfigMaps');
  await git('tag', subject.tag);
  // What somebody built in the example's folder is not a part of it.
  await git('clean', '--quiet', '-ffdX');
  return git('rev-parse', 'HEAD');
}
