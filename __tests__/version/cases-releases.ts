import type { Case } from './decide.ts';

export const cases: readonly Case[] = [
  {
    why: 'a first release takes every name',
    event: 'push',
    ref: 'refs/tags/v1.0.0',
    existing: '',
    latest: 'release',
    expected: `
      widget release 1.0.0 after nothing
      chart 1.0.0 deploys v1.0.0
      + v1.0.0: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'its own tag is in the list already when the run reads it',
    event: 'push',
    ref: 'refs/tags/v1.0.0',
    existing: 'v1.0.0',
    latest: 'release',
    expected: `
      widget release 1.0.0 after nothing
      chart 1.0.0 deploys v1.0.0
      + v1.0.0: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'a minor release moves its major along',
    event: 'push',
    ref: 'refs/tags/v1.1.0',
    existing: 'v1.0.0',
    latest: 'release',
    expected: `
      widget release 1.1.0 after v1.0.0
      chart 1.1.0 deploys v1.1.0
      + v1.1.0: the version itself, never moves
      > v1.1: highest stable of 1.1
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'a patch of the newest minor moves all',
    event: 'push',
    ref: 'refs/tags/v1.1.1',
    existing: 'v1.0.0 v1.1.0',
    latest: 'release',
    expected: `
      widget release 1.1.1 after v1.1.0
      chart 1.1.1 deploys v1.1.1
      + v1.1.1: the version itself, never moves
      > v1.1: highest stable of 1.1
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'numbers are compared, not text: 1.10 is above 1.9',
    event: 'push',
    ref: 'refs/tags/v1.10.0',
    existing: 'v1.9.0 v1.2.0',
    latest: 'release',
    expected: `
      widget release 1.10.0 after v1.9.0
      chart 1.10.0 deploys v1.10.0
      + v1.10.0: the version itself, never moves
      > v1.10: highest stable of 1.10
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'numbers are compared, not text: 1.9 stays below 1.10',
    event: 'push',
    ref: 'refs/tags/v1.9.1',
    existing: 'v1.10.0 v1.9.0',
    latest: 'release',
    expected: `
      widget release 1.9.1 after v1.9.0
      chart 1.9.1 deploys v1.9.1
      + v1.9.1: the version itself, never moves
      > v1.9: highest stable of 1.9
      = v1: v1 stays on v1.10.0 (higher)
      = stable: stable stays on v1.10.0 (higher)
      = latest: latest stays on v1.10.0 (higher)`,
  },
  {
    why: 'metadata-action 1 (#80): a backport after a new major takes only its minor and major',
    event: 'push',
    ref: 'refs/tags/v1.2.9',
    existing: 'v1.2.8 v2.0.0',
    latest: 'release',
    expected: `
      widget release 1.2.9 after v1.2.8
      chart 1.2.9 deploys v1.2.9
      + v1.2.9: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      = stable: stable stays on v2.0.0 (higher)
      = latest: latest stays on v2.0.0 (higher)`,
  },
  {
    why: 'metadata-action 1 (#326): a backport of an older minor takes only its minor',
    event: 'push',
    ref: 'refs/tags/v1.2.9',
    existing: 'v1.2.8 v1.4.0 v2.0.0',
    latest: 'release',
    expected: `
      widget release 1.2.9 after v1.2.8
      chart 1.2.9 deploys v1.2.9
      + v1.2.9: the version itself, never moves
      > v1.2: highest stable of 1.2
      = v1: v1 stays on v1.4.0 (higher)
      = stable: stable stays on v2.0.0 (higher)
      = latest: latest stays on v2.0.0 (higher)`,
  },
  {
    why: 'metadata-action 1 (#407): the re-run of an old tag moves nothing',
    event: 'push',
    ref: 'refs/tags/v1.2.3',
    existing: 'v1.2.3 v1.2.9 v1.3.0',
    latest: 'release',
    expected: `
      widget release 1.2.3 after nothing
      chart 1.2.3 deploys v1.2.3
      + v1.2.3: the version itself, never moves
      = v1.2: v1.2 stays on v1.2.9 (higher)
      = v1: v1 stays on v1.3.0 (higher)
      = stable: stable stays on v1.3.0 (higher)
      = latest: latest stays on v1.3.0 (higher)`,
  },
  {
    why: 'the same by hand on the old tag',
    event: 'workflow_dispatch',
    ref: 'refs/tags/v1.2.3',
    existing: 'v1.2.3 v1.2.9 v1.3.0',
    latest: 'release',
    expected: `
      widget release 1.2.3 after nothing
      chart 1.2.3 deploys v1.2.3
      + v1.2.3: the version itself, never moves
      = v1.2: v1.2 stays on v1.2.9 (higher)
      = v1: v1 stays on v1.3.0 (higher)
      = stable: stable stays on v1.3.0 (higher)
      = latest: latest stays on v1.3.0 (higher)`,
  },
  {
    why: 'metadata-action 2: a beta never takes latest, by policy release',
    event: 'push',
    ref: 'refs/tags/v2.0.8-beta.67',
    existing: 'v2.0.7',
    latest: 'release',
    expected: `
      widget prerelease 2.0.8-beta.67 after v2.0.7
      chart 2.0.8-beta.67 deploys v2.0.8-beta.67
      + v2.0.8-beta.67: the version itself, never moves
      > beta: highest of channel beta
      = v2.0: pre-releases never move v2.0
      = v2: pre-releases never move v2
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'metadata-action 2: a beta never takes latest, by policy branch',
    event: 'push',
    ref: 'refs/tags/v2.0.8-beta.67',
    existing: 'v2.0.7',
    expected: `
      widget prerelease 2.0.8-beta.67 after v2.0.7
      chart 2.0.8-beta.67 deploys v2.0.8-beta.67
      + v2.0.8-beta.67: the version itself, never moves
      > beta: highest of channel beta
      = v2.0: pre-releases never move v2.0
      = v2: pre-releases never move v2
      = stable: pre-releases never move stable
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'metadata-action 2: nor when nothing stable was ever released',
    event: 'push',
    ref: 'refs/tags/v1.0.0-rc.1',
    existing: '',
    latest: 'release',
    expected: `
      widget prerelease 1.0.0-rc.1 after nothing
      chart 1.0.0-rc.1 deploys v1.0.0-rc.1
      + v1.0.0-rc.1: the version itself, never moves
      > rc: highest of channel rc
      = v1.0: pre-releases never move v1.0
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'metadata-action 4: two digits and a pre-release are read by the default patterns',
    event: 'push',
    ref: 'refs/tags/v1.10.2-rc.1',
    existing: 'v1.10.1',
    latest: 'release',
    expected: `
      widget prerelease 1.10.2-rc.1 after v1.10.1
      chart 1.10.2-rc.1 deploys v1.10.2-rc.1
      + v1.10.2-rc.1: the version itself, never moves
      > rc: highest of channel rc
      = v1.10: pre-releases never move v1.10
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'metadata-action 4: two digits everywhere',
    event: 'push',
    ref: 'refs/tags/v11.10.22',
    existing: 'v1.10.1',
    latest: 'release',
    expected: `
      widget release 11.10.22 after v1.10.1
      chart 11.10.22 deploys v11.10.22
      + v11.10.22: the version itself, never moves
      > v11.10: highest stable of 11.10
      > v11: highest stable of 11
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'metadata-action 5: no v0 before 1.0.0',
    event: 'push',
    ref: 'refs/tags/v0.3.1',
    existing: 'v0.3.0 v0.2.0',
    latest: 'release',
    expected: `
      widget release 0.3.1 after v0.3.0
      chart 0.3.1 deploys v0.3.1
      + v0.3.1: the version itself, never moves
      > v0.3: highest stable of 0.3
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)
      = v0: major version 0 may break with every minor: no v0`,
  },
  {
    why: '0.y.z takes its minor and stable, and no v0 on a backport either',
    event: 'push',
    ref: 'refs/tags/v0.2.1',
    existing: 'v0.3.0 v0.2.0',
    latest: 'release',
    expected: `
      widget release 0.2.1 after v0.2.0
      chart 0.2.1 deploys v0.2.1
      + v0.2.1: the version itself, never moves
      > v0.2: highest stable of 0.2
      = v0: major version 0 may break with every minor: no v0
      = stable: stable stays on v0.3.0 (higher)
      = latest: latest stays on v0.3.0 (higher)`,
  },
  {
    why: 'the first stable after 0.y.z has a major tag',
    event: 'push',
    ref: 'refs/tags/v1.0.0',
    existing: 'v0.3.0 v0.2.0',
    latest: 'release',
    expected: `
      widget release 1.0.0 after v0.3.0
      chart 1.0.0 deploys v1.0.0
      + v1.0.0: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'metadata-action 6: build metadata is kept, with _, and is no pre-release',
    event: 'push',
    ref: 'refs/tags/v1.2.3+build.5',
    existing: 'v1.2.2',
    latest: 'release',
    expected: `
      widget release 1.2.3+build.5 after v1.2.2
      chart 1.2.3+build.5 deploys v1.2.3_build.5
      + v1.2.3_build.5: the version itself, never moves; "_" stands for "+", which a tag cannot hold
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'build metadata breaks the tie: the higher one has the moving tags',
    event: 'push',
    ref: 'refs/tags/v1.2.3+build.5',
    existing: 'v1.2.3+build.10',
    latest: 'release',
    expected: `
      widget release 1.2.3+build.5 after nothing
      chart 1.2.3+build.5 deploys v1.2.3_build.5
      + v1.2.3_build.5: the version itself, never moves; "_" stands for "+", which a tag cannot hold
      = v1.2: v1.2 stays on v1.2.3+build.10 (higher)
      = v1: v1 stays on v1.2.3+build.10 (higher)
      = stable: stable stays on v1.2.3+build.10 (higher)
      = latest: latest stays on v1.2.3+build.10 (higher)`,
  },
  {
    why: 'metadata-action 8: no priority or variant can take latest away; a prefix changes version tags only',
    event: 'push',
    ref: 'refs/tags/v1.2.3',
    existing: 'v1.2.2',
    prefix: 'debug-',
    latest: 'release',
    expected: `
      widget release 1.2.3 after v1.2.2
      chart 1.2.3 deploys debug-1.2.3
      + debug-1.2.3: the version itself, never moves
      > debug-1.2: highest stable of 1.2
      > debug-1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'metadata-action 9: latest of a release when it follows releases',
    event: 'push',
    ref: 'refs/tags/v1.2.3',
    existing: 'v1.2.2',
    latest: 'release',
    expected: `
      widget release 1.2.3 after v1.2.2
      chart 1.2.3 deploys v1.2.3
      + v1.2.3: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'metadata-action 9: latest of a release when it follows the branch: said, not silent',
    event: 'push',
    ref: 'refs/tags/v1.2.3',
    existing: 'v1.2.2',
    expected: `
      widget release 1.2.3 after v1.2.2
      chart 1.2.3 deploys v1.2.3
      + v1.2.3: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      > stable: highest stable of all
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'a backport by policy branch',
    event: 'push',
    ref: 'refs/tags/v1.2.9',
    existing: 'v1.2.8 v2.0.0',
    expected: `
      widget release 1.2.9 after v1.2.8
      chart 1.2.9 deploys v1.2.9
      + v1.2.9: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      = stable: stable stays on v2.0.0 (higher)
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'no prefix',
    event: 'push',
    ref: 'refs/tags/1.2.3',
    existing: '1.2.2 1.3.0',
    prefix: '',
    latest: 'release',
    expected: `
      widget release 1.2.3 after 1.2.2
      chart 1.2.3 deploys 1.2.3
      + 1.2.3: the version itself, never moves
      > 1.2: highest stable of 1.2
      = 1: 1 stays on 1.3.0 (higher)
      = stable: stable stays on 1.3.0 (higher)
      = latest: latest stays on 1.3.0 (higher)`,
  },
  {
    why: 'git tag with v, image tags without',
    event: 'push',
    ref: 'refs/tags/v1.2.3',
    existing: 'v1.2.2',
    prefix: '',
    latest: 'release',
    expected: `
      widget release 1.2.3 after v1.2.2
      chart 1.2.3 deploys 1.2.3
      + 1.2.3: the version itself, never moves
      > 1.2: highest stable of 1.2
      > 1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'git tag without v, image tags with',
    event: 'push',
    ref: 'refs/tags/1.2.3',
    existing: '1.2.2',
    latest: 'release',
    expected: `
      widget release 1.2.3 after 1.2.2
      chart 1.2.3 deploys v1.2.3
      + v1.2.3: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'tags with v and without are one history',
    event: 'push',
    ref: 'refs/tags/v1.2.3',
    existing: '1.2.2 1.3.0 v1.2.1',
    latest: 'release',
    expected: `
      widget release 1.2.3 after 1.2.2
      chart 1.2.3 deploys v1.2.3
      + v1.2.3: the version itself, never moves
      > v1.2: highest stable of 1.2
      = v1: v1 stays on v1.3.0 (higher)
      = stable: stable stays on v1.3.0 (higher)
      = latest: latest stays on v1.3.0 (higher)`,
  },
  {
    why: 'the highest candidate has the channel',
    event: 'push',
    ref: 'refs/tags/v1.3.0-rc.10',
    existing: 'v1.3.0-rc.9 v1.2.0',
    latest: 'release',
    expected: `
      widget prerelease 1.3.0-rc.10 after v1.3.0-rc.9
      chart 1.3.0-rc.10 deploys v1.3.0-rc.10
      + v1.3.0-rc.10: the version itself, never moves
      > rc: highest of channel rc
      = v1.3: pre-releases never move v1.3
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'an older candidate leaves the channel alone',
    event: 'push',
    ref: 'refs/tags/v1.3.0-rc.9',
    existing: 'v1.3.0-rc.10 v1.2.0',
    latest: 'release',
    expected: `
      widget prerelease 1.3.0-rc.9 after v1.2.0
      chart 1.3.0-rc.9 deploys v1.3.0-rc.9
      + v1.3.0-rc.9: the version itself, never moves
      = rc: rc stays on v1.3.0-rc.10 (higher)
      = v1.3: pre-releases never move v1.3
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'channels are apart: a higher rc does not hold back beta',
    event: 'push',
    ref: 'refs/tags/v1.3.0-beta.2',
    existing: 'v1.3.0-rc.1 v1.3.0-beta.1',
    latest: 'release',
    expected: `
      widget prerelease 1.3.0-beta.2 after v1.3.0-beta.1
      chart 1.3.0-beta.2 deploys v1.3.0-beta.2
      + v1.3.0-beta.2: the version itself, never moves
      > beta: highest of channel beta
      = v1.3: pre-releases never move v1.3
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'alpha of a next major while an old one is patched',
    event: 'push',
    ref: 'refs/tags/v3.0.0-alpha.1',
    existing: 'v2.0.0 v2.1.0-rc.1',
    latest: 'release',
    expected: `
      widget prerelease 3.0.0-alpha.1 after v2.1.0-rc.1
      chart 3.0.0-alpha.1 deploys v3.0.0-alpha.1
      + v3.0.0-alpha.1: the version itself, never moves
      > alpha: highest of channel alpha
      = v3.0: pre-releases never move v3.0
      = v3: pre-releases never move v3
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'the stable release after its candidates',
    event: 'push',
    ref: 'refs/tags/v1.3.0',
    existing: 'v1.2.0 v1.3.0-rc.1 v1.3.0-rc.2',
    latest: 'release',
    expected: `
      widget release 1.3.0 after v1.2.0
      chart 1.3.0 deploys v1.3.0
      + v1.3.0: the version itself, never moves
      > v1.3: highest stable of 1.3
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'a candidate that is higher does not hold back a stable release',
    event: 'push',
    ref: 'refs/tags/v1.2.1',
    existing: 'v1.2.0 v1.3.0-rc.1',
    latest: 'release',
    expected: `
      widget release 1.2.1 after v1.2.0
      chart 1.2.1 deploys v1.2.1
      + v1.2.1: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'a channel that branches are called like has no tag',
    event: 'push',
    ref: 'refs/tags/v1.3.0-next.1',
    existing: 'v1.2.0',
    latest: 'release',
    expected: `
      widget prerelease 1.3.0-next.1 after v1.2.0
      chart 1.3.0-next.1 deploys v1.3.0-next.1
      + v1.3.0-next.1: the version itself, never moves
      = next: only the channels alpha, beta, pre, preview, rc have a tag of their own
      = v1.3: pre-releases never move v1.3
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'a pre-release called latest takes nothing',
    event: 'push',
    ref: 'refs/tags/v1.3.0-latest.1',
    existing: 'v1.2.0',
    latest: 'release',
    expected: `
      widget prerelease 1.3.0-latest.1 after v1.2.0
      chart 1.3.0-latest.1 deploys v1.3.0-latest.1
      + v1.3.0-latest.1: the version itself, never moves
      = v1.3: pre-releases never move v1.3
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'a pre-release of numbers only has no channel',
    event: 'push',
    ref: 'refs/tags/v1.3.0-1',
    existing: 'v1.2.0',
    latest: 'release',
    expected: `
      widget prerelease 1.3.0-1 after v1.2.0
      chart 1.3.0-1 deploys v1.3.0-1
      + v1.3.0-1: the version itself, never moves
      = v1.3: pre-releases never move v1.3
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'pre-release and build metadata',
    event: 'push',
    ref: 'refs/tags/v1.3.0-rc.1+b.5',
    existing: 'v1.2.0',
    latest: 'release',
    expected: `
      widget prerelease 1.3.0-rc.1+b.5 after v1.2.0
      chart 1.3.0-rc.1+b.5 deploys v1.3.0-rc.1_b.5
      + v1.3.0-rc.1_b.5: the version itself, never moves; "_" stands for "+", which a tag cannot hold
      > rc: highest of channel rc
      = v1.3: pre-releases never move v1.3
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: pre-releases never move latest`,
  },
  {
    why: 'other tags of the repository do not count',
    event: 'push',
    ref: 'refs/tags/v1.2.3',
    existing: 'nightly v1.2 V9.0.0 v09.0.0 api/v9.0.0 other-9.0.0 v9.0.0.1',
    latest: 'release',
    expected: `
      widget release 1.2.3 after nothing
      chart 1.2.3 deploys v1.2.3
      + v1.2.3: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'a pattern of their own',
    event: 'push',
    ref: 'refs/tags/release-1.2.3',
    existing: 'release-1.2.2 v9.0.0',
    patterns: ['release-{version}'],
    latest: 'release',
    expected: `
      widget release 1.2.3 after release-1.2.2
      chart 1.2.3 deploys v1.2.3
      + v1.2.3: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
];
