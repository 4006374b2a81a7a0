import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { job, repository } from '../stages/monorepo.ts';
import type { Done, Job } from '../stages/monorepo.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn, GitHubStandInOptions, Repository } from '../standins/github/index.ts';

const off = '{ enabled: false }';

/** An operator of which a run makes nothing but the GitHub Release, so that it needs no program but git. */
export interface Entry {
  readonly origin: Repo;
  readonly github: GitHubStandIn;
  /** GitHub's side. */
  readonly repository: Repository;
  /** A job of a workflow on the commit that `ref` has now; branches and tags are fetched first. */
  run(ref: string, given?: Partial<Pick<Job, 'event' | 'inputs' | 'env'>>): Promise<Done>;
  /** Tags with a public release. */
  released(): readonly string[];
  close(): Promise<void>;
}

export async function openEntry(tags: string, options: GitHubStandInOptions = {}): Promise<Entry> {
  const origin = makeRepo({
    PROJECT: 'projectName: op\n',
    'notes.txt': 'an asset\n',
    '.github/operator-release.yaml': `tags: ${tags}
defaults:
  verify: ${off}
  lint: ${off}
  test: { unit: ${off}, integration: ${off} }
  image: ${off}
  chart: ${off}
  e2e: ${off}
  release: { assets: [notes.txt] }
`,
  });
  const clone = cloneOf(origin);
  const github = await startGitHub(options);
  const seeded = github.seed.repository(repository, { gitDir: origin.root });
  return {
    origin,
    github,
    repository: seeded,
    run: (ref, given = {}) => {
      clone.git('fetch', '--quiet', '--tags', '--prune', 'origin');
      const commit = origin.git('rev-parse', `${ref}^{commit}`);
      clone.git('fetch', '--quiet', 'origin', ref);
      clone.git('checkout', '--quiet', '--detach', commit);
      return job({ checkout: clone.root, registryPath: '127.0.0.1:9/octo', github, ref, commit, ...given });
    },
    released: () => seeded.releases.filter(({ draft }) => !draft).map(({ tag }) => tag),
    close: async () => {
      await github.close();
      origin.remove();
      clone.remove();
    },
  };
}

/** What went wrong, as `CODE message`. */
export const says = ({ problems }: Done): readonly string[] =>
  problems.map(({ code, message }) => `${code} ${message}`);
