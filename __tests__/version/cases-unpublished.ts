import type { Case } from './decide.ts';

/** Version tags that have no published GitHub Release: their runs failed, or are on their way, or were never asked for one. */
export const cases: readonly Case[] = [
  {
    why: 'the notes hold what a failed version would have brought',
    event: 'push',
    ref: 'refs/tags/v1.3.1',
    existing: 'v1.2.0 v1.3.0 v1.3.1',
    published: 'v1.2.0',
    expected: `
      widget release 1.3.1 after v1.2.0
      chart 1.3.1 deploys v1.3.1
      + v1.3.1: the version itself, never moves
      > v1.3: highest stable of 1.3
      > v1: highest stable of 1
      > stable: highest stable of all
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'a higher tag whose run failed holds no name',
    event: 'push',
    ref: 'refs/tags/v1.2.4',
    existing: 'v1.2.3 v1.2.4 v1.3.0',
    published: 'v1.2.3',
    latest: 'release',
    expected: `
      widget release 1.2.4 after v1.2.3
      chart 1.2.4 deploys v1.2.4
      + v1.2.4: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1; v1.3.0 is tagged, but not released
      > stable: highest stable of all; v1.3.0 is tagged, but not released
      > latest: highest stable of all (tags.latest: release); v1.3.0 is tagged, but not released`,
  },
  {
    why: 'a higher version that is released holds its names, whatever has failed in between',
    event: 'push',
    ref: 'refs/tags/v1.2.4',
    existing: 'v1.2.3 v1.2.4 v1.2.5 v1.3.0',
    published: 'v1.2.3 v1.3.0',
    expected: `
      widget release 1.2.4 after v1.2.3
      chart 1.2.4 deploys v1.2.4
      + v1.2.4: the version itself, never moves
      > v1.2: highest stable of 1.2; v1.2.5 is tagged, but not released
      = v1: v1 stays on v1.3.0 (higher)
      = stable: stable stays on v1.3.0 (higher)
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'tags below the first GitHub Release are releases from before there were any',
    event: 'push',
    ref: 'refs/tags/v1.5.1',
    existing: 'v1.4.0 v1.5.0 v1.5.1 v1.6.0',
    published: 'v1.6.0',
    expected: `
      widget release 1.5.1 after v1.5.0
      chart 1.5.1 deploys v1.5.1
      + v1.5.1: the version itself, never moves
      > v1.5: highest stable of 1.5
      = v1: v1 stays on v1.6.0 (higher)
      = stable: stable stays on v1.6.0 (higher)
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'the first GitHub Release of an old project follows its last tag',
    event: 'push',
    ref: 'refs/tags/v1.6.0',
    existing: 'v1.4.0 v1.5.0 v1.6.0 v2.0.0',
    published: '',
    expected: `
      widget release 1.6.0 after v1.5.0
      chart 1.6.0 deploys v1.6.0
      + v1.6.0: the version itself, never moves
      > v1.6: highest stable of 1.6
      > v1: highest stable of 1
      = stable: stable stays on v2.0.0 (higher)
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'a re-run comes to what the first run came to',
    event: 'push',
    ref: 'refs/tags/v1.6.0',
    existing: 'v1.4.0 v1.5.0 v1.6.0',
    published: 'v1.6.0',
    expected: `
      widget release 1.6.0 after v1.5.0
      chart 1.6.0 deploys v1.6.0
      + v1.6.0: the version itself, never moves
      > v1.6: highest stable of 1.6
      > v1: highest stable of 1
      > stable: highest stable of all
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'a candidate of an old project does not hide what came before GitHub Releases',
    event: 'push',
    ref: 'refs/tags/v1.0.0',
    existing: 'v0.9.0 v1.0.0-rc.1 v1.0.0',
    published: 'v1.0.0-rc.1',
    expected: `
      widget release 1.0.0 after v0.9.0
      chart 1.0.0 deploys v1.0.0
      + v1.0.0: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      > stable: highest stable of all
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'a failed candidate does not hold its channel',
    event: 'push',
    ref: 'refs/tags/v1.0.0-rc.2',
    existing: 'v1.0.0-rc.1 v1.0.0-rc.2 v1.0.0-rc.3',
    published: 'v1.0.0-rc.1',
    expected: `
      widget prerelease 1.0.0-rc.2 after v1.0.0-rc.1
      chart 1.0.0-rc.2 deploys v1.0.0-rc.2
      + v1.0.0-rc.2: the version itself, never moves
      > rc: highest of channel rc; v1.0.0-rc.3 is tagged, but not released
      = v1.0: pre-releases never move v1.0
      = v1: pre-releases never move v1
      = stable: pre-releases never move stable
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'without GitHub Releases every tag counts',
    event: 'push',
    ref: 'refs/tags/v1.2.4',
    existing: 'v1.2.3 v1.2.4 v1.3.0',
    published: 'v1.2.3',
    withoutReleases: ['widget'],
    expected: `
      widget release 1.2.4 after v1.2.3
      chart 1.2.4 deploys v1.2.4
      + v1.2.4: the version itself, never moves
      > v1.2: highest stable of 1.2
      = v1: v1 stays on v1.3.0 (higher)
      = stable: stable stays on v1.3.0 (higher)
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'a branch build comes after the last release, not after a failed one',
    event: 'push',
    ref: 'refs/heads/main',
    existing: 'v1.2.3 v1.3.0',
    published: 'v1.2.3',
    expected: `
      widget snapshot 1.2.4-dev.7.gc0ffee123456 after v1.2.3
      chart 1.2.4-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      > latest: newest tested build of the default branch`,
  },
  {
    why: 'each operator has releases of its own, and shares those of the common tags',
    event: 'push',
    ref: 'refs/tags/v2.0.0',
    existing: 'v1.0.0 keystone/v1.1.0 nova/v1.1.0 v2.0.0',
    operators: ['keystone', 'nova'],
    published: 'v1.0.0 nova/v1.1.0',
    expected: `
      keystone release 2.0.0 after v1.0.0
      chart 2.0.0 deploys v2.0.0
      + v2.0.0: the version itself, never moves
      > v2.0: highest stable of 2.0
      > v2: highest stable of 2
      > stable: highest stable of all
      = latest: latest follows the default branch (tags.latest: branch)
      nova release 2.0.0 after nova/v1.1.0
      chart 2.0.0 deploys v2.0.0
      + v2.0.0: the version itself, never moves
      > v2.0: highest stable of 2.0
      > v2: highest stable of 2
      > stable: highest stable of all
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
  {
    why: 'of two tags of one version the one that is released counts',
    event: 'push',
    ref: 'refs/tags/v1.1.0',
    existing: '1.0.0 v1.0.0 v1.1.0',
    published: '1.0.0',
    expected: `
      widget release 1.1.0 after 1.0.0
      chart 1.1.0 deploys v1.1.0
      + v1.1.0: the version itself, never moves
      > v1.1: highest stable of 1.1
      > v1: highest stable of 1
      > stable: highest stable of all
      = latest: latest follows the default branch (tags.latest: branch)`,
  },
];
