import type { Config } from '../config/types.ts';
import { Problem } from '../errors.ts';
import type { Facts, OperatorFacts } from '../facts/types.ts';
import type { Inputs } from '../inputs.ts';
import { groupBy, list } from '../report/text.ts';
import { chartRepository, imageRepository } from './names.ts';

/** A repository of the registry, and what an operator puts there. */
interface Place {
  readonly repository: string;
  readonly operator: string;
  readonly what: 'image' | 'chart';
}

/**
 * Repositories that more than one operator publishes to: version tags have no operator in their name, so one would take
 * the tags of the other and promote its image for its own. All operators count, also those that this run is not about: a
 * leg of a matrix plans one. What an operator's own image and chart share is for `planChart` to tell.
 * Gives OR-OPERATOR-DUPLICATE.
 */
export function sharedRepositories(inputs: Inputs, config: Config, facts: Facts): readonly Problem[] {
  const places = facts.operators.flatMap((operator) => placesOf(inputs, config, facts, operator));
  return [...groupBy(places, ({ repository }) => repository)]
    .filter(([, shared]) => new Set(shared.map(({ operator }) => operator)).size > 1)
    .map(([repository, shared]) => {
      const users = shared.map(({ what, operator }) => `the ${what} of ${operator}`);
      return new Problem('OR-OPERATOR-DUPLICATE', `${list(users)} would share ${repository}`, {
        hint: [...new Set(shared.map(({ what }) => hints[what]))].join('; '),
      });
    });
}

const hints: Readonly<Record<Place['what'], string>> = {
  image:
    'give each image a repository of its own, as "{operator}" in image.repository does; or set image.enabled to false where another operator builds it',
  chart:
    'give each chart a name of its own in Chart.yaml, or set chart.repository with "{operator}" in it; or set chart.enabled to false where another operator packs it',
};

/** What is published by hand, or not at all, takes no tag from anybody. */
function placesOf(inputs: Inputs, config: Config, facts: Facts, operator: OperatorFacts): readonly Place[] {
  const { name, settings, chartPath, chartMetadata } = operator;
  const image = imageRepository(inputs, config, operator, facts.repository);
  const chart = chartMetadata?.['name'];
  const places: Place[] = [];
  if (image !== null && settings.image?.publish?.enabled !== false) {
    places.push({ repository: image, operator: name, what: 'image' });
  }
  const hasChart = chartPath !== null && settings.chart?.enabled !== false;
  if (hasChart && typeof chart === 'string' && settings.chart?.publish?.enabled !== false) {
    const repository = chartRepository(inputs, config, operator, facts.repository, chart);
    places.push({ repository, operator: name, what: 'chart' });
  }
  return places;
}
