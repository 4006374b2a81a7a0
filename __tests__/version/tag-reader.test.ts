import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTagPatterns, defaultTagPatterns, formatTag } from '../../src/version/tag-pattern.ts';
import { parseTag, tagReader, type ParsedTag } from '../../src/version/tag-reader.ts';
import { versions } from './arbitraries.ts';

const one = [{ name: 'widget', path: '.' }];
const several = ['widget', 'cache', 'op', 'op-x', 'op-v2'].map((name) => ({ name, path: `operators/${name}` }));

function read(tag: string, operators = several, patterns = defaultTagPatterns(operators.length)): ParsedTag {
  return parseTag(tag, compileTagPatterns(patterns), operators);
}

function problemOf(parsed: ParsedTag): { code: string; text: string } {
  if (parsed.kind !== 'attempt') throw new Error(`not an attempt: ${parsed.kind}`);
  return { code: parsed.problem.code, text: `${parsed.problem.message} | ${parsed.problem.hint ?? ''}` };
}

const names = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const repositories = fc
  .uniqueArray(fc.oneof(names, fc.constantFrom('op', 'op-x', 'op-v2', 'v', 'v1', 'op-v')), {
    minLength: 1,
    maxLength: 6,
  })
  .map((list) => list.map((name) => ({ name, path: `operators/${name}` })));

describe('Plan: tags and patterns', () => {
  it('reads back every tag that it prints', () => {
    fc.assert(
      fc.property(repositories, versions, fc.nat(), (operators, version, pick) => {
        for (const pattern of compileTagPatterns(defaultTagPatterns(operators.length))) {
          const operator = operators[pick % operators.length] ?? { name: '', path: '' };
          const tag = formatTag(pattern, operator, version);
          const parsed = parseTag(tag, compileTagPatterns(defaultTagPatterns(operators.length)), operators);
          const lockstep = !pattern.perOperator && operators.length > 1;
          const expected = lockstep ? operators.map(({ name }) => name) : [operator.name];
          expect(parsed, tag).toMatchObject({
            kind: 'release',
            operators: expected,
            lockstep,
            version,
            pattern: { text: pattern.text },
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells every text apart without throwing, and releases only what prints back the same', () => {
    const pieces = fc.array(
      fc.constantFrom('v', 'V', '1', '2', '0', '.', '-', '/', '+', 'op', 'op-x', 'operators/', 'rc', '_'),
      { maxLength: 10 },
    );
    const reader = tagReader(compileTagPatterns(defaultTagPatterns(several.length)), several);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((list) => list.join('')),
        ),
        (tag) => {
          const parsed = reader.parse(tag);
          expect(reader.release(tag)).toEqual(parsed.kind === 'release' ? parsed : null);
          if (parsed.kind !== 'release') return;
          const operator = several.find(({ name }) => name === parsed.operators[0]) ?? { name: '', path: '' };
          expect(formatTag(parsed.pattern, operator, parsed.version)).toBe(tag);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['op/v1.0.0', 'op', '1.0.0'],
    ['op-x/v1.0.0', 'op-x', '1.0.0'],
    ['op-v1.0.0', 'op', '1.0.0'],
    ['op-x-v1.0.0', 'op-x', '1.0.0'],
    ['op-v2-v1.0.0', 'op-v2', '1.0.0'],
    ['op-v2.0.0', 'op', '2.0.0'],
    ['op-v2.0.0-v1.0.0', 'op', '2.0.0-v1.0.0'],
    ['op-v2/v1.0.0-op.1', 'op-v2', '1.0.0-op.1'],
    ['operators/op/v1.0.0', 'op', '1.0.0'],
    ['operators/op-x/v1.0.0+b', 'op-x', '1.0.0+b'],
  ])('%s is %s at %s', (tag, operator, version) => {
    expect(read(tag)).toMatchObject({
      kind: 'release',
      operators: [operator],
      lockstep: false,
      version: { text: version },
    });
  });

  it('takes the longest name where two fit', () => {
    const operators = ['op', 'op-1.0.0'].map((name) => ({ name, path: name }));
    const patterns = ['{operator}-{version}'];
    expect(read('op-1.0.0-2.0.0', operators, patterns)).toMatchObject({
      operators: ['op-1.0.0'],
      version: { text: '2.0.0' },
    });
    const after = ['op', 'my-op'].map((name) => ({ name, path: name }));
    expect(read('1.0.0-my-op', after, ['{version}-{operator}'])).toMatchObject({
      operators: ['my-op'],
      version: { text: '1.0.0' },
    });
  });

  it('refuses a tag that names two operators, and counts it for neither', () => {
    const swapped = [
      { name: 'a', path: 'b' },
      { name: 'b', path: 'a' },
    ];
    const parsed = read('a/v1.0.0', swapped);
    expect(problemOf(parsed)).toEqual({
      code: 'OR-TAG-AMBIGUOUS',
      text: 'Tag "a/v1.0.0" names several operators: a ({operator}/v{version}) and b ({path}/v{version}) | Set tags.pattern so that each tag names one operator.',
    });
    expect(tagReader(compileTagPatterns(defaultTagPatterns(2)), swapped).release('a/v1.0.0')).toBeNull();
    expect(
      read('a/v1.0.0', [
        { name: 'a', path: 'a' },
        { name: 'b', path: 'b' },
      ]),
    ).toMatchObject({ operators: ['a'] });
  });

  it('has no path to tag an operator in the root by', () => {
    const operators = [{ name: 'main', path: '.' }, ...several];
    expect(read('./v1.0.0', operators).kind).not.toBe('release');
    expect(read('main/v1.0.0', operators)).toMatchObject({ operators: ['main'] });
  });

  it('releases all operators by a bare version, and the only one of a single repository', () => {
    const all = several.map(({ name }) => name);
    expect(read('v1.0.0')).toMatchObject({ operators: all, lockstep: true });
    expect(read('1.0.0')).toMatchObject({ operators: all, lockstep: true });
    expect(read('v1.0.0', one)).toMatchObject({ operators: ['widget'], lockstep: false });
  });

  it.each([
    [
      'v1.2',
      one,
      'Tag "v1.2" releases nothing: "1.2" is no semver 2.0 version: it has two numbers, semver has three | Did you mean v1.2.0? Patterns: v{version}, {version}.',
    ],
    ['v1', one, 'it has one number, semver has three | Did you mean v1.0.0?'],
    ['1.2', one, 'it has two numbers, semver has three | Did you mean v1.2.0?'],
    ['V1.2.3', one, 'Tag "V1.2.3" releases nothing: it fits no pattern | Did you mean v1.2.3?'],
    ['v.1.2.3', one, 'it fits no pattern | Did you mean v1.2.3?'],
    ['v01.2.3', one, 'the number 01 has a leading zero | Did you mean v1.2.3?'],
    ['v1.2.3.4', one, 'it has 4 numbers, semver has three | Patterns: v{version}, {version}.'],
    ['v1.2.3rc1', one, '"3rc1" is not a number | Patterns:'],
    ['v1.2.3-rc_1', one, 'a character that semver does not allow: "_" | Patterns:'],
    ['v1.2.3-rc.01', one, 'the number 01 in its pre-release has a leading zero | Patterns:'],
    ['release-1.2.3', one, 'it fits no pattern | Did you mean v1.2.3?'],
    ['widget/v1.2.3', one, 'it fits no pattern | Did you mean v1.2.3?'],
    [
      'widgt/v1.2.3',
      several,
      'it fits no pattern | Did you mean widget/v1.2.3? Patterns: v{version}, {version}, {operator}/v{version}, {operator}-v{version}, {path}/v{version}.',
    ],
    ['Widget/v1.2.3', several, 'Did you mean widget/v1.2.3?'],
    ['widget/1.2.3', several, 'Did you mean widget/v1.2.3?'],
    ['widget@1.2.3', several, 'Did you mean widget/v1.2.3?'],
    [
      'widget/v1.2',
      several,
      '"1.2" is no semver 2.0 version: it has two numbers, semver has three | Did you mean widget/v1.2.0?',
    ],
    ['operators/wigdet/v1.2.3', several, 'Did you mean widget/v1.2.3?'],
    ['op-v2-v1.0', several, 'it has two numbers, semver has three | Did you mean op-v2-v1.0.0?'],
    ['op-v2-', several, '"2-" is no semver 2.0 version: it has one number, semver has three | Patterns:'],
  ])('%s looks like an attempt', (tag, operators, text) => {
    const problem = problemOf(read(tag, operators));
    expect(problem.code).toBe('OR-TAG-INVALID');
    expect(problem.text).toContain(text);
  });

  it.each([
    'nightly',
    'build-123',
    '20200110-RC2',
    'api/v1.2.3',
    'operators/widget/api/v1.2.3',
    'other-chart-1.2.3',
    'k8s-1.30',
    '',
    'v',
    'docs/v',
  ])('leaves %j alone', (tag) => {
    const parsed = read(tag);
    expect(parsed).toEqual({
      kind: 'none',
      reason: expect.stringContaining(`tag ${tag} fits no pattern of v{version}`) as string,
    });
  });

  it('has time in proportion to a hostile tag', () => {
    const reader = tagReader(compileTagPatterns(defaultTagPatterns(several.length)), several);
    const start = performance.now();
    for (const piece of ['1', '1.', '-v1', '/1.1', 'v1.0.0_', 'op-v1.'])
      expect(reader.parse(piece.repeat(50_000)).kind).not.toBe('release');
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('Plan: bad patterns', () => {
  it.each([
    ['v', 'has no {version}', 'Allowed are {version}, {operator}, {path}'],
    ['', 'has no {version}', 'for example {operator}/v{version}'],
    ['v{version}-{version}', 'has {version} twice', ''],
    ['v{verison}', 'has the unknown placeholder {verison}', 'Did you mean {version}?'],
    ['{name}/v{version}', 'has the unknown placeholder {name}', 'Allowed are'],
    ['{}{version}', 'has the unknown placeholder {}', ''],
    ['{version', 'has a brace without its partner', ''],
    ['{{version}}', 'has a brace without its partner', ''],
    ['{operator}{version}', 'has nothing between name and version', 'Put "/v" or "-v"'],
    ['{version}{path}', 'has nothing between name and version', ''],
    ['v {version}', 'makes names that git refuses', ''],
    ['{operator}//v{version}', 'makes names that git refuses', ''],
    ['-{version}', 'makes names that git refuses', ''],
    ['{version}.', 'makes names that git refuses', ''],
    ['a..{version}', 'makes names that git refuses', ''],
  ])('%j %s', (pattern, what, hint) => {
    const at = { file: '.github/operator-release.yaml', line: 3 };
    expect(() => compileTagPatterns([pattern], () => at)).toThrow(
      expect.objectContaining({
        code: 'OR-CONFIG-TAG-PATTERN',
        message: expect.stringContaining(`Tag pattern ${JSON.stringify(pattern)} ${what}`) as string,
        hint: expect.stringContaining(hint) as string,
        at,
      }),
    );
  });

  it('names all of them at once, each at its place', () => {
    const place = (index: number) => ({ file: 'c.yaml', line: index + 1 });
    expect(() => compileTagPatterns(['v', 'v{version}', '{x}'], place)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ at: { file: 'c.yaml', line: 1 } }),
          expect.objectContaining({ at: { file: 'c.yaml', line: 3 } }),
        ],
      }),
    );
  });

  it('refuses an empty list', () => {
    expect(() => compileTagPatterns([])).toThrow('tags.pattern is an empty list');
  });
});
