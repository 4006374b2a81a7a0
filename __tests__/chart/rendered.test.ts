import { describe, expect, it } from 'vitest';
import { imagesOf, objectsOfKind, parseManifests } from '../../src/chart/rendered.ts';

describe('parseManifests', () => {
  it('reads documents, passes over empty ones and opens lists', () => {
    const text = `---
# a comment
---
kind: A
---
~
---
text
---
kind: List
items:
- kind: B
- not an object
- kind: C
`;
    expect(parseManifests(text, 'x').map((object) => object['kind'])).toEqual(['A', 'B', 'C']);
    expect(parseManifests('', 'x')).toEqual([]);
    expect(parseManifests('kind: List\n', 'x')).toEqual([]);
  });

  it.each(['a: [', 'a: b\n c: d', 'a: 1\na: 2', '{{ x }}: y'])('names the source of %j', (text) => {
    expect(() => parseManifests(text, 'what x renders')).toThrow(
      expect.objectContaining({
        code: 'OR-CHART-YAML',
        message: expect.stringMatching(/^what x renders is not valid YAML: .+$/) as string,
      }),
    );
  });
});

describe('imagesOf', () => {
  it('finds the images of all kinds of containers at any depth, each once', () => {
    const text = `
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          initContainers: [{name: i, image: "init:1"}]
          containers: [{name: a, image: "a:1"}, {name: b, image: "a:1"}, {name: none}, text]
          ephemeralContainers: [{name: e, image: "debug:1"}]
---
kind: Deployment
spec: {template: {spec: {containers: [{image: "b:1"}], volumes: [{image: {reference: "data:1"}}]}}}
---
kind: ConfigMap
data: {image: "no:1", containers: "text"}
---
kind: CustomResourceDefinition
spec: {containers: [{image: "no:2"}]}
`;
    expect(imagesOf(parseManifests(text, 'x'))).toEqual(['init:1', 'a:1', 'debug:1', 'b:1']);
  });
});

describe('objectsOfKind', () => {
  it('gives those with a name', () => {
    const objects = [
      { kind: 'A', metadata: { name: 'one' }, spec: 1 },
      { kind: 'A', metadata: {} },
      { kind: 'A' },
      { kind: 'B', metadata: { name: 'two' } },
    ];
    expect(objectsOfKind(objects, 'A')).toEqual([{ name: 'one', spec: 1 }]);
  });

  it('finds the images that an operator is told to deploy', () => {
    const env =
      '[{name: RELATED_IMAGE_DB, value: "db:1"}, {name: RELATED_IMAGE_EMPTY, value: ""}, {name: OTHER, value: "x:1"}]';
    const text = `kind: Pod\nspec: {containers: [{image: "a:1", env: ${env}}, {image: "b:1", env: none}]}\n`;
    expect(imagesOf(parseManifests(text, 'x'))).toEqual(['a:1', 'db:1', 'b:1']);
  });
});
