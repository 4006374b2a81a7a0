import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { standInToken } from '../../__tests__/standins/github/index.ts';
import { subject } from './checkout.ts';
import type { Machine } from './machine.ts';
import type { Step } from './runner.ts';
import type { Services } from './services.ts';

/** What a workflow with `on: push: tags` gives to the action: its inputs, the event, the runner's variables. */
export async function tagPushStep(
  root: string,
  commit: string,
  machine: Machine,
  { github, proxy }: Services,
): Promise<Pick<Step, 'inputs' | 'event' | 'variables'>> {
  const [owner = ''] = subject.repository.split('/');
  return {
    inputs: {
      ...(await defaultInputs(join(root, 'action.yml'))),
      registry: `${proxy.host}/${owner}`,
      'github-token': standInToken,
      ...(machine.stages === 'auto' ? {} : { stages: machine.stages.join('\n') }),
    },
    event: tagPushEvent(commit, github.serverUrl),
    variables: {
      GITHUB_API_URL: github.apiUrl,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      GITHUB_SERVER_URL: github.serverUrl,
      GITHUB_REPOSITORY: subject.repository,
      GITHUB_REPOSITORY_OWNER: owner,
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: `refs/tags/${subject.tag}`,
      GITHUB_REF_NAME: subject.tag,
      GITHUB_REF_TYPE: 'tag',
      GITHUB_SHA: commit,
      GITHUB_ACTOR: owner,
      GITHUB_WORKFLOW: 'release',
      GITHUB_JOB: 'release',
      GITHUB_RUN_ID: '1',
      GITHUB_RUN_NUMBER: '1',
      GITHUB_RUN_ATTEMPT: '1',
    },
  };
}

/** The runner passes every input that action.yml declares, with its default where the workflow says nothing. */
async function defaultInputs(file: string): Promise<Record<string, string>> {
  const { inputs } = parse(await readFile(file, 'utf8')) as { inputs: Record<string, { default?: string }> };
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default ?? '']));
}

/** What GitHub sends when a tag is pushed; the fields that a workflow can rely on. */
function tagPushEvent(commit: string, serverUrl: string): object {
  const [owner = '', name = ''] = subject.repository.split('/');
  const at = `${serverUrl}/${subject.repository}`;
  const person = { name: owner, email: 'demo@example.com', username: owner };
  return {
    ref: `refs/tags/${subject.tag}`,
    before: '0'.repeat(40),
    after: commit,
    base_ref: `refs/heads/${subject.branch}`,
    created: true,
    deleted: false,
    forced: false,
    compare: `${at}/compare/${subject.tag}`,
    commits: [],
    head_commit: { id: commit, distinct: true, url: `${at}/commit/${commit}`, author: person, committer: person },
    repository: {
      id: 1,
      name,
      full_name: subject.repository,
      private: false,
      fork: false,
      owner: { login: owner, name: owner, type: 'Organization' },
      html_url: at,
      default_branch: subject.branch,
    },
    pusher: person,
    sender: { login: owner, type: 'User' },
  };
}
