import { goTest, packagesOf } from './go-tests.ts';
import type { Stage } from './types.ts';

/** Tests that need nothing but Go. */
export const unit: Stage<'unit'> = {
  name: 'unit',
  run: async (context) => {
    const packages = await packagesOf(context);
    if (packages.length === 0) {
      context.note('no unit tests');
      return;
    }
    await goTest(context, packages, {});
  },
};
