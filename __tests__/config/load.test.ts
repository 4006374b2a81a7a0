import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { Problems } from '../../src/errors.ts';
import type { Problem } from '../../src/errors.ts';

/** What is wrong, one line each: place, code, message, hint. */
function problemsOf(text: string): string[] {
  try {
    loadConfig(text, 'f.yaml');
  } catch (error) {
    const problems = error instanceof Problems ? error.problems : [error as Problem];
    return problems.map(({ at, code, message, hint }) => {
      const place = `${at?.line ?? '?'}:${at?.column ?? '?'}`;
      return `${place} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`;
    });
  }
  return [];
}

describe('loadConfig', () => {
  it.each(['', '\n', '# nothing yet\n', '---\n', '\uFEFF', '---\n# nothing\n...\n'])(
    'reads %j as nothing said',
    (text) => {
      expect(loadConfig(text)).toEqual({ tags: {}, defaults: {}, operators: [] });
    },
  );

  it('leaves undefined what nobody wrote', () => {
    const { operators } = loadConfig('operators: [{name: a, image: {target: x}}]');
    expect(operators).toEqual([{ name: 'a', image: { target: 'x' } }]);
  });

  it('reads one or many as a list, durations as ms, registries in lower case', () => {
    const config = loadConfig(`
registry: GHCR.io/Acme
tags: { pattern: 'v{version}' }
operators:
  - name: a
    lint: { run: make lint, timeout: 1h1m1s }
    verify: { run: [make a, make b], timeout: 1.5 }
`);
    expect(config.registry).toBe('ghcr.io/acme');
    expect(config.tags.pattern).toEqual(['v{version}']);
    expect(config.operators[0]?.lint).toEqual({ run: ['make lint'], timeout: 3_661_000 });
    expect(config.operators[0]?.verify).toEqual({ run: ['make a', 'make b'], timeout: 1_500 });
  });

  it('merges defaults into each operator: mappings by key, lists and texts replaced', () => {
    const config = loadConfig(`
defaults:
  watch: [a, b]
  image: { target: base, platforms: [linux/amd64, linux/arm64], buildArgs: { A: '1', B: '2' } }
operators:
  - name: own
    watch: c
    image: { platforms: [linux/s390x], buildArgs: { B: '3' } }
  - name: plain
`);
    expect(config.operators[0]).toEqual({
      name: 'own',
      watch: ['c'],
      image: { target: 'base', platforms: ['linux/s390x'], buildArgs: { A: '1', B: '3' } },
    });
    expect(config.operators[1]).toEqual({ name: 'plain', ...config.defaults });
  });

  it('gives a value that nobody can change', () => {
    const config = loadConfig('defaults: {image: {platforms: [linux/amd64]}}\noperators: [{name: a}]');
    expect(Object.isFrozen(config.operators[0]?.image?.platforms)).toBe(true);
    expect(() => Object.assign(config.defaults, { watch: [] })).toThrow(TypeError);
  });

  it('reports everything at once, in the order of the lines, with places and nearest names', () => {
    const text = [
      'operators:',
      '  - name: a',
      '    chrat: {}',
      '    image: { platfroms: [x], target: 1.10, builder: kko, enabled: yes }',
      '  - path: b',
      'regsitry: ghcr.io/acme',
    ].join('\n');
    const operatorKeys = 'name, path, image, chart, watch, runner, lint, test, verify, e2e, bundle, release';
    const found = problemsOf(text);
    expect(found[0]).toBe(
      `3:5 OR-CONFIG-KEY operators[0].chrat: unknown key; allowed here: ${operatorKeys} (did you mean "chart"?)`,
    );
    expect(found[1]).toMatch(/^4:14 OR-CONFIG-KEY operators\[0\]\.image\.platfroms: .*\(did you mean "platforms"\?\)$/);
    expect(found.slice(2)).toEqual([
      '4:38 OR-CONFIG-VALUE operators[0].image.target: found the number 1.10, expected a text (quote it: "1.10")',
      '4:53 OR-CONFIG-VALUE operators[0].image.builder: found "kko", expected one of buildx, ko (did you mean "ko"?)',
      '4:67 OR-CONFIG-VALUE operators[0].image.enabled: found "yes", expected true or false (write true or false, without quotes)',
      '5:5 OR-CONFIG-VALUE operators[1].name: missing (add "name")',
      '6:1 OR-CONFIG-KEY regsitry: unknown key; allowed here: registry, charts, primary, tags, sign, defaults, operators (did you mean "registry"?)',
    ]);
  });

  it.each([
    ['defaults:', '1:1', 'defaults: found nothing, expected a mapping (give it a value, or remove the key)'],
    ['- a', '1:1', 'the file: found a list, expected a mapping (write "key: value" instead of "- ")'],
    [
      'operators: {nova: {path: x}}',
      '1:12',
      'found a mapping, expected a list (begin each entry of the list with "- ")',
    ],
    ['defaults: {unit: {run: x}}', '1:12', 'it belongs below "test"'],
    ['defaults: {image-build: {timeout: 10m}}', '1:12', 'the settings of this stage are below "image"'],
    ['defaults: {publish-chart: {enabled: false}}', '1:12', 'the settings of this stage are below "chart.publish"'],
    ['defaults: {enabled: false}', '1:12', /unknown key; allowed here: [^(]*$/],
    ['tags: {pattern: "{operater}/v{version}"}', '1:17', 'did you mean "{operator}"?'],
    ['defaults: {release: {title: "{verison}"}}', '1:29', 'did you mean "{version}"?'],
    ['registry: https://me:pw@ghcr.io/acme/', '1:11', /write "ghcr\.io\/acme"/],
    ['registry: acme', '1:11', /name the registry too: "ghcr\.io\/acme"/],
    ['defaults: {image: {platforms: [aarch64]}}', '1:32', /write "linux\/arm64"/],
    ['image: {target: x}', '1:1', /put it below "defaults"/],
    ['defaults:\n  <<: {lint: {}}', '2:3', /merge keys are not read/],
    ['operators: [{name: a}, {name: b}, {name: a}]', '1:42', /"a" is the name of two operators/],
    [
      'tags: {pattern: ["v{version}", "{operator}{version}"]}',
      '1:32',
      /OR-CONFIG-TAG-PATTERN .*nothing between name and version/,
    ],
    ['tags: {pattern: "{operator}{version}"}', '1:17', /OR-CONFIG-TAG-PATTERN/],
    ['tags: {prefix: branch-}', '1:16', /OR-CONFIG-TAG-PREFIX/],
    ['defaults: {lint: {run: [make, 5]}}', '1:31', /lint\.run\[1\]: found the number 5, .*quote it: "5"/],
    ['defaults: {lint: {run: {a: b}}}', '1:24', /expected a text or a list$/],
    ['defaults: {test: {unit: {race: "true"}}}', '1:32', /without quotes/],
  ])('%j: %s', (text, place, message) => {
    const [found, ...more] = problemsOf(text);
    expect(found).toMatch(new RegExp(`^${place} OR-CONFIG-`));
    if (typeof message === 'string') expect(found).toContain(message);
    else expect(found).toMatch(message);
    expect(more).toEqual([]);
  });

  it('places a problem in an anchored mapping where it is written', () => {
    const text = 'defaults:\n  lint: &x\n    vte: true\n  verify:\n    run: a\n';
    expect(problemsOf(text)[0]).toMatch(/^3:5 .*lint\.vte/);
  });

  it('does not echo a password that stands in a URL', () => {
    const found = problemsOf('registry: https://me:hunter2@ghcr.io/acme').join();
    expect(found).toContain('"https://***@ghcr.io/acme"');
    expect(found).not.toContain('hunter2');
  });

  it('reads 500 operators in well under a second', () => {
    const entries = Array.from({ length: 500 }, (_, index) => `  - name: op${index}\n    image: {target: t}\n`);
    const start = performance.now();
    expect(loadConfig(`defaults: {lint: {run: make lint}}\noperators:\n${entries.join('')}`).operators).toHaveLength(
      500,
    );
    expect(performance.now() - start).toBeLessThan(500);
  });
});
