import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { settingsFor, stageSettings } from '../../src/config/settings.ts';
import { stageNames } from '../../src/plan/types.ts';

const config = loadConfig(`
defaults:
  image:
    repository: ghcr.io/acme/{operator}-operator
    buildArgs: { OPERATOR: '{operator}', VERSION: '{version}' }
  chart: { path: '{path}/helm/{operator}' }
  watch: ['shared/{operator}/**']
operators:
  - name: keystone
    path: operators/keystone
    lint: { run: 'echo {operator}', env: { A: '{path}' }, timeout: 1m }
`);

describe('settingsFor', () => {
  it('fills the name and folder into the settings, not into commands and environment', () => {
    expect(settingsFor(config, 'keystone', 'operators/keystone')).toEqual({
      image: {
        repository: 'ghcr.io/acme/keystone-operator',
        buildArgs: { OPERATOR: 'keystone', VERSION: '{version}' },
      },
      chart: { path: 'operators/keystone/helm/keystone' },
      watch: ['shared/keystone/**'],
      lint: { run: ['echo {operator}'], env: { A: '{path}' }, timeout: 60_000 },
    });
  });

  it('gives the defaults to an operator that the file does not name', () => {
    expect(settingsFor(config, 'glance', '.')).toMatchObject({
      image: { repository: 'ghcr.io/acme/glance-operator' },
      chart: { path: './helm/glance' },
    });
    expect(settingsFor(config, 'glance', '.').lint).toBeUndefined();
  });
});

describe('stageSettings', () => {
  it('finds the keys of each stage where the file has them', () => {
    const text = `
operators:
  - name: a
    verify: { before: verify }
    lint: { before: lint }
    test: { unit: { before: unit }, integration: { before: integration } }
    image: { before: image-build, publish: { before: publish-image } }
    chart: { before: chart-package, check: { before: chart-check }, publish: { before: publish-chart } }
    bundle: { before: bundle }
    e2e: { before: e2e, cluster: { before: cluster } }
    release: { before: release }
`;
    const settings = settingsFor(loadConfig(text), 'a', '.');
    for (const stage of stageNames) {
      expect(stageSettings(settings, stage).before).toEqual(stage === 'tags' ? [] : [stage]);
    }
  });

  it('says nothing for what nobody wrote', () => {
    expect(stageSettings({}, 'lint')).toEqual({
      run: undefined,
      before: [],
      after: [],
      enabled: undefined,
      timeoutMs: undefined,
      env: {},
    });
  });
});
