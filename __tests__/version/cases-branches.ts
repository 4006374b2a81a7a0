import type { Case } from './decide.ts';

export const cases: readonly Case[] = [
  {
    why: 'metadata-action 9: the default branch has latest',
    event: 'push',
    ref: 'refs/heads/main',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      > latest: newest tested build of the default branch`,
  },
  {
    why: 'latest of the default branch when it follows releases',
    event: 'push',
    ref: 'refs/heads/main',
    existing: 'v1.2.3',
    latest: 'release',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      = latest: latest follows stable releases (tags.latest: release)`,
  },
  {
    why: 'metadata-action 11: the same by hand, for nothing of the run or the clock is in a name',
    event: 'workflow_dispatch',
    ref: 'refs/heads/main',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      > latest: newest tested build of the default branch`,
  },
  {
    why: 'nothing released yet',
    event: 'push',
    ref: 'refs/heads/main',
    existing: '',
    expected: `
      widget snapshot 0.0.0-dev.7.gc0ffee123456 after nothing
      chart 0.0.0-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      > latest: newest tested build of the default branch`,
  },
  {
    why: 'a candidate is out: above it and below the next',
    event: 'push',
    ref: 'refs/heads/main',
    existing: 'v1.2.3 v1.3.0-rc.1',
    expected: `
      widget snapshot 1.3.0-rc.1.dev.7.gc0ffee123456 after v1.3.0-rc.1
      chart 1.3.0-rc.1.dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      > latest: newest tested build of the default branch`,
  },
  {
    why: 'an old candidate does not count after its release',
    event: 'push',
    ref: 'refs/heads/main',
    existing: 'v1.2.3 v1.3.0-rc.1 v1.3.0',
    expected: `
      widget snapshot 1.3.1-dev.7.gc0ffee123456 after v1.3.0
      chart 1.3.1-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      > latest: newest tested build of the default branch`,
  },
  {
    why: 'a maintenance branch',
    event: 'push',
    ref: 'refs/heads/release-1.2',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > release-1.2: newest tested build of branch release-1.2
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a maintenance branch, with a newer major out: it stays below, and is compared with its own line',
    event: 'push',
    ref: 'refs/heads/release/1.2',
    existing: 'v1.2.2 v1.2.3 v1.3.0 v2.0.0',
    elsewhere: 'v1.3.0 v2.0.0',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > release-1.2-bacdc8a6: newest tested build of branch release/1.2; the hash keeps it apart from similar names
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'the same by hand, where the newer line has the only release',
    event: 'workflow_dispatch',
    ref: 'refs/heads/release-1.2',
    existing: 'v1.2.3 v2.0.0',
    published: 'v2.0.0',
    elsewhere: 'v2.0.0',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > release-1.2: newest tested build of branch release-1.2
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a maintenance branch after a version whose run failed',
    event: 'push',
    ref: 'refs/heads/release-1.2',
    existing: 'v1.1.0 v1.2.3 v1.2.4 v2.0.0',
    published: 'v1.1.0 v1.2.3 v2.0.0',
    elsewhere: 'v2.0.0',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > release-1.2: newest tested build of branch release-1.2
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a branch from before the first release',
    event: 'push',
    ref: 'refs/heads/legacy',
    existing: 'v1.0.0',
    elsewhere: 'v1.0.0',
    expected: `
      widget snapshot 0.0.0-dev.7.gc0ffee123456 after nothing
      chart 0.0.0-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > legacy: newest tested build of branch legacy
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'metadata-action 7: a branch called like a version',
    event: 'push',
    ref: 'refs/heads/1.2.3',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-1.2.3-c47f5b18: newest tested build of branch 1.2.3; renamed because 1.2.3 is kept for releases and commits
      = 1.2.3: this name is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a branch called like a version with v',
    event: 'push',
    ref: 'refs/heads/v1.2.3',
    existing: '',
    expected: `
      widget snapshot 0.0.0-dev.7.gc0ffee123456 after nothing
      chart 0.0.0-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-v1.2.3-e3cad1a6: newest tested build of branch v1.2.3; renamed because v1.2.3 is kept for releases and commits
      = v1.2.3: this name is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a branch called like a minor',
    event: 'push',
    ref: 'refs/heads/v1.2',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-v1.2-0e4f5bce: newest tested build of branch v1.2; renamed because v1.2 is kept for releases and commits
      = v1.2: this name is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a branch called like a major',
    event: 'push',
    ref: 'refs/heads/1',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-1-6b86b273: newest tested build of branch 1; renamed because 1 is kept for releases and commits
      = 1: this name is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'metadata-action 7: a branch called latest',
    event: 'push',
    ref: 'refs/heads/latest',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-latest-5e1e2bca: newest tested build of branch latest; renamed because latest is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a branch called stable',
    event: 'push',
    ref: 'refs/heads/stable',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-stable-f379ccb9: newest tested build of branch stable; renamed because stable is kept for releases and commits
      = stable: this name is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a branch called like a channel, in capitals',
    event: 'push',
    ref: 'refs/heads/RC',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-RC-0c272fe9: newest tested build of branch RC; renamed because RC is kept for releases and commits
      = RC: this name is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a branch called like the tag of a commit',
    event: 'push',
    ref: 'refs/heads/sha-c0ffee123456',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-sha-c0ffee123456-3bee4c30: newest tested build of branch sha-c0ffee123456; renamed because sha-c0ffee123456 is kept for releases and commits
      = sha-c0ffee123456: this name is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a branch that becomes a digest tag only by its hash',
    event: 'push',
    ref: 'refs/heads//sha256',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-sha256-0efa8760: newest tested build of branch /sha256; renamed because sha256-0efa8760 is kept for releases and commits
      = sha256-0efa8760: this name is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'metadata-action 7: a leading dash',
    event: 'push',
    ref: 'refs/heads/-fix',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > fix-ab51ad8a: newest tested build of branch -fix; the hash keeps it apart from similar names
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'metadata-action 7: a leading dot',
    event: 'push',
    ref: 'refs/heads/.fix',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > fix-dd74932f: newest tested build of branch .fix; the hash keeps it apart from similar names
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'metadata-action 7: more than 128 characters',
    event: 'push',
    ref: 'refs/heads/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-3afbb132: newest tested build of branch xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; the hash keeps it apart from similar names
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a name that ends like our hash',
    event: 'push',
    ref: 'refs/heads/feature-fast-8fc61ccc',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > feature-fast-8fc61ccc-60caca5b: newest tested build of branch feature-fast-8fc61ccc; the hash keeps it apart from similar names
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'a slash',
    event: 'push',
    ref: 'refs/heads/feature/fast',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > feature-fast-8fc61ccc: newest tested build of branch feature/fast; the hash keeps it apart from similar names
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'the same name after the slash is replaced',
    event: 'push',
    ref: 'refs/heads/feature-fast',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > feature-fast: newest tested build of branch feature-fast
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'no character that a tag can hold',
    event: 'push',
    ref: 'refs/heads/ä/ö',
    existing: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-fce1ac31: newest tested build of branch ä/ö; the hash keeps it apart from similar names
      = latest: latest follows the default branch, main`,
  },
  {
    why: 'with a prefix a version of that prefix is kept too',
    event: 'push',
    ref: 'refs/heads/rel-1.2',
    existing: 'v1.2.3',
    prefix: 'rel-',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > branch-rel-1.2-39869791: newest tested build of branch rel-1.2; renamed because rel-1.2 is kept for releases and commits
      = rel-1.2: this name is kept for releases and commits
      = latest: latest follows the default branch, main`,
  },
];
