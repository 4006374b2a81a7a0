import type { Case } from './decide.ts';

export const cases: readonly Case[] = [
  {
    why: 'metadata-action 3: a tag releases its operator and not another',
    event: 'push',
    ref: 'refs/tags/op/v3.0.0',
    existing: 'op/v2.0.0 cache/v9.0.0',
    operators: ['op', 'op-x', 'cache'],
    latest: 'release',
    expected: `
      op release 3.0.0 after op/v2.0.0
      chart 3.0.0 deploys v3.0.0
      + v3.0.0: the version itself, never moves
      > v3.0: highest stable of 3.0
      > v3: highest stable of 3
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'a name that starts like another one: op-x is not op',
    event: 'push',
    ref: 'refs/tags/op-x/v1.0.0',
    existing: 'op/v2.0.0',
    operators: ['op', 'op-x', 'cache'],
    latest: 'release',
    expected: `
      op-x release 1.0.0 after nothing
      chart 1.0.0 deploys v1.0.0
      + v1.0.0: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'a name that starts like another one: op is not op-x',
    event: 'push',
    ref: 'refs/tags/op/v1.0.0',
    existing: 'op-x/v2.0.0 op-x-v3.0.0',
    operators: ['op', 'op-x', 'cache'],
    latest: 'release',
    expected: `
      op release 1.0.0 after nothing
      chart 1.0.0 deploys v1.0.0
      + v1.0.0: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'with a dash',
    event: 'push',
    ref: 'refs/tags/op-v1.0.0',
    existing: 'op-x-v2.0.0 op/v0.9.0',
    operators: ['op', 'op-x', 'cache'],
    latest: 'release',
    expected: `
      op release 1.0.0 after op/v0.9.0
      chart 1.0.0 deploys v1.0.0
      + v1.0.0: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'with a dash, the longer name',
    event: 'push',
    ref: 'refs/tags/op-x-v1.0.0',
    existing: 'op-v2.0.0',
    operators: ['op', 'op-x', 'cache'],
    latest: 'release',
    expected: `
      op-x release 1.0.0 after nothing
      chart 1.0.0 deploys v1.0.0
      + v1.0.0: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'op-v2 is an operator',
    event: 'push',
    ref: 'refs/tags/op-v2-v1.0.0',
    existing: 'op-v2.0.0',
    operators: ['op', 'op-v2'],
    latest: 'release',
    expected: `
      op-v2 release 1.0.0 after nothing
      chart 1.0.0 deploys v1.0.0
      + v1.0.0: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'op-v2.0.0 is op at 2.0.0',
    event: 'push',
    ref: 'refs/tags/op-v2.0.0',
    existing: 'op-v2-v3.0.0 op-v1.0.0',
    operators: ['op', 'op-v2'],
    latest: 'release',
    expected: `
      op release 2.0.0 after op-v1.0.0
      chart 2.0.0 deploys v2.0.0
      + v2.0.0: the version itself, never moves
      > v2.0: highest stable of 2.0
      > v2: highest stable of 2
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'by path, as Go modules are tagged',
    event: 'push',
    ref: 'refs/tags/operators/cache/v1.2.9',
    existing: 'cache/v1.2.8 operators/cache/v2.0.0',
    operators: ['op', 'op-x', 'cache'],
    latest: 'release',
    expected: `
      cache release 1.2.9 after cache/v1.2.8
      chart 1.2.9 deploys v1.2.9
      + v1.2.9: the version itself, never moves
      > v1.2: highest stable of 1.2
      > v1: highest stable of 1
      = stable: stable stays on v2.0.0 (higher)
      = latest: latest stays on v2.0.0 (higher)`,
  },
  {
    why: 'a bare version releases all, each by its own history',
    event: 'push',
    ref: 'refs/tags/v2.0.0',
    existing: 'op/v1.0.0 op-x/v2.1.0',
    operators: ['op', 'op-x', 'cache'],
    latest: 'release',
    expected: `
      op release 2.0.0 after op/v1.0.0
      chart 2.0.0 deploys v2.0.0
      + v2.0.0: the version itself, never moves
      > v2.0: highest stable of 2.0
      > v2: highest stable of 2
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)
      op-x release 2.0.0 after nothing
      chart 2.0.0 deploys v2.0.0
      + v2.0.0: the version itself, never moves
      > v2.0: highest stable of 2.0
      = v2: v2 stays on v2.1.0 (higher)
      = stable: stable stays on v2.1.0 (higher)
      = latest: latest stays on v2.1.0 (higher)
      cache release 2.0.0 after nothing
      chart 2.0.0 deploys v2.0.0
      + v2.0.0: the version itself, never moves
      > v2.0: highest stable of 2.0
      > v2: highest stable of 2
      > stable: highest stable of all
      > latest: highest stable of all (tags.latest: release)`,
  },
  {
    why: 'bare versions count for each operator',
    event: 'push',
    ref: 'refs/tags/cache/v1.0.1',
    existing: 'v1.0.0 v2.0.0',
    operators: ['op', 'op-x', 'cache'],
    latest: 'release',
    expected: `
      cache release 1.0.1 after v1.0.0
      chart 1.0.1 deploys v1.0.1
      + v1.0.1: the version itself, never moves
      > v1.0: highest stable of 1.0
      > v1: highest stable of 1
      = stable: stable stays on v2.0.0 (higher)
      = latest: latest stays on v2.0.0 (higher)`,
  },
  {
    why: 'a pattern without bare versions: a bare tag is an attempt',
    event: 'push',
    ref: 'refs/tags/v1.0.0',
    existing: '',
    operators: ['op', 'op-x', 'cache'],
    patterns: ['{operator}/v{version}'],
    expected: `
      OR-TAG-INVALID Tag "v1.0.0" releases nothing: it fits no pattern
      Did you mean <operator>/v1.0.0? Patterns: {operator}/v{version}.`,
  },
  {
    why: 'every operator has its own next version',
    event: 'push',
    ref: 'refs/heads/main',
    existing: 'op/v1.0.0 op-x/v2.1.0-rc.1 nightly',
    operators: ['op', 'op-x', 'cache'],
    expected: `
      op snapshot 1.0.1-dev.7.gc0ffee123456 after op/v1.0.0
      chart 1.0.1-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      > latest: newest tested build of the default branch
      op-x snapshot 2.1.0-rc.1.dev.7.gc0ffee123456 after op-x/v2.1.0-rc.1
      chart 2.1.0-rc.1.dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      > latest: newest tested build of the default branch
      cache snapshot 0.0.0-dev.7.gc0ffee123456 after nothing
      chart 0.0.0-dev.7.gc0ffee123456 deploys sha-c0ffee123456
      + sha-c0ffee123456: this commit, never moves
      > main: newest tested build of branch main
      > latest: newest tested build of the default branch`,
  },
  {
    why: 'a misspelt operator',
    event: 'push',
    ref: 'refs/tags/cahce/v1.2.3',
    existing: 'cache/v1.2.2',
    operators: ['op', 'op-x', 'cache'],
    expected: `
      OR-TAG-INVALID Tag "cahce/v1.2.3" releases nothing: it fits no pattern
      Did you mean cache/v1.2.3? Patterns: v{version}, {version}, {operator}/v{version}, {operator}-v{version}, {path}/v{version}.`,
  },
  {
    why: 'an operator with a bad version',
    event: 'push',
    ref: 'refs/tags/cache/v1.2',
    existing: 'cache/v1.2.2',
    operators: ['op', 'op-x', 'cache'],
    expected: `
      OR-TAG-INVALID Tag "cache/v1.2" releases nothing: "1.2" is no semver 2.0 version: it has two numbers, semver has three
      Did you mean cache/v1.2.0? Patterns: v{version}, {version}, {operator}/v{version}, {operator}-v{version}, {path}/v{version}.`,
  },
  {
    why: 'the tag of a Go module that is no operator',
    event: 'push',
    ref: 'refs/tags/api/v1.2.3',
    existing: 'cache/v1.2.2',
    operators: ['op', 'op-x', 'cache'],
    expected: `
      nothing: tag api/v1.2.3 fits no pattern of v{version}, {version}, {operator}/v{version}, {operator}-v{version}, {path}/v{version}`,
  },
  {
    why: 'a tag of a module inside an operator',
    event: 'push',
    ref: 'refs/tags/operators/cache/api/v1.2.3',
    existing: 'cache/v1.2.2',
    operators: ['op', 'op-x', 'cache'],
    expected: `
      nothing: tag operators/cache/api/v1.2.3 fits no pattern of v{version}, {version}, {operator}/v{version}, {operator}-v{version}, {path}/v{version}`,
  },
];
