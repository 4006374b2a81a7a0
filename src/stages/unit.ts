import { goTest, packagesOf } from './go-tests.ts';
import type { Stage } from './types.ts';

/** Tests that need nothing but Go. */
export const unit: Stage<'unit'> = {
  name: 'unit',
  run: async (context) => {
    const packages = await packagesOf(context, 'unit');
    if (packages.length === 0) return context.note('no unit tests');
    await goTest(context, 'unit', packages, {});
  },
};
