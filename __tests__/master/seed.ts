import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pushChart } from '../../src/registry/chart.ts';
import { pushLayout } from '../../src/registry/layout.ts';
import { commitImageTag } from '../../src/version/branch-tags.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { commitTime } from '../fixtures/repos/repo.ts';
import { client } from '../registry/helpers.ts';
import { makeLayout } from '../registry/layout-fixture.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import type { MemoryGitState } from '../standins/github/model.ts';
import { branch, chart, earlierTag, image, repository, tag } from './operator.ts';

/** What the registry holds before the tag is pushed: the earlier release, and the default branch's build of the commit. */
export async function seedRegistry(host: string, origin: Repo): Promise<void> {
  const { registry } = client();
  const name = `${host}/${image}`;
  const sha = origin.git('rev-parse', `${tag}^{commit}`);
  const builds = [
    { version: '0.0.9', commit: origin.git('rev-parse', earlierTag), tags: [earlierTag, 'v0.0', 'stable'] },
    { version: '0.1.0-dev.1', commit: sha, tags: [commitImageTag(sha), branch, 'latest'] },
  ];
  for (const { version, commit, tags } of builds) {
    const annotations = { 'org.opencontainers.image.revision': commit };
    const folder = await mkdtemp(join(tmpdir(), 'master-image-'));
    const { digest } = await makeLayout(folder, { version, annotations });
    await pushLayout(registry, folder, name);
    await rm(folder, { recursive: true });
    const manifest = await registry.getManifest(name, digest);
    if (manifest === null) throw new Error(`${name}@${digest} was not pushed`);
    for (const each of tags) await registry.putManifest(name, each, manifest.bytes, manifest.mediaType);
  }
  await pushChart(registry, {
    repository: `${host}/${chart}`,
    version: '0.0.9',
    tgz: Buffer.from('an earlier chart'),
    chartYaml: { name: 'mini', version: '0.0.9' },
    annotations: {},
    created: commitTime,
  });
}

/** What GitHub knows before: the commits, both tags, the merged pull request and the earlier release. */
export function seedGitHub(github: GitHubStandIn, origin: Repo, git: MemoryGitState): void {
  github.seed.clear();
  const record = github.seed.repository(repository, { defaultBranch: branch, git: structuredClone(git) });
  const mergeCommit = origin.git('rev-parse', `${tag}^{commit}`);
  github.seed.pull(record, { number: 7, title: 'Say what the probes are for', mergeCommit });
  const earlier = github.seed.release(record, earlierTag, { latest: true });
  github.seed.asset(earlier, 'install.yaml', 'kind: List\n');
}

/** The commits and refs of a repository on disk, so that no request waits for git. */
export function readGit(origin: Repo): MemoryGitState {
  const log = origin.git('log', '--reverse', '--format=%H%x1f%P%x1f%an%x1f%ae%x1f%cI%x1f%B%x1e', branch);
  const commits = log.split('\x1e').flatMap((entry) => {
    const [sha = '', parents = '', author = '', email = '', date = '', message = ''] = entry.trim().split('\x1f');
    if (sha === '') return [];
    const files = origin.git('show', '--format=', '--name-only', sha).split('\n').filter(Boolean);
    const when = new Date(date).toISOString();
    return [
      { sha, parents: parents.split(' ').filter(Boolean), message: message.trim(), author, email, date: when, files },
    ];
  });
  const state: MemoryGitState = { refs: {}, tags: {}, commits };
  const refs = origin.git('for-each-ref', '--format=%(objecttype) %(objectname) %(*objectname) %(refname)');
  for (const line of refs.split('\n')) {
    const [type, sha = '', peeled = '', ref = ''] = line.split(' ');
    state.refs[ref] = { sha, type: type === 'tag' ? 'tag' : 'commit' };
    if (type !== 'tag') continue;
    const object = { sha: peeled, type: 'commit' as const };
    const name = ref.slice('refs/tags/'.length);
    state.tags[sha] = { sha, tag: name, message: name, object, date: new Date(0).toISOString() };
  }
  return state;
}
