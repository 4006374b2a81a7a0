import { Problem } from '../errors.ts';
import { startUpload } from './blobs.ts';
import type { Place } from './session.ts';

/**
 * The only proof of the right to push that all registries give: start an upload, then cancel it. A token may be issued with
 * fewer rights than asked for, without a word.
 */
export async function checkPush(place: Place): Promise<void> {
  const session = await startUpload(place);
  if (session === 'mounted') return;
  try {
    await place.host.send({
      method: 'DELETE',
      to: session,
      grant: { path: place.path, access: 'push' },
      what: `cancel an upload to ${place.repository}`,
      repeat: 'when-refused',
    });
  } catch (error) {
    // The right is proven; an upload that stays open is cleaned up by the registry.
    if (!(error instanceof Problem)) throw error;
  }
}
