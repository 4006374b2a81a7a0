import type { Config } from '../config/types.ts';
import type { EventFacts } from '../facts/event.ts';
import type { SigningPlan } from './types.ts';

/** Sigstore's public services. */
const publicFulcio = 'https://fulcio.sigstore.dev';
const publicRekor = 'https://rekor.sigstore.dev';
/** The only server whose identities the public Fulcio takes. */
const publicGitHub = 'https://github.com';

/** Whether what is published gets signed provenance, and who certifies and logs it. */
export function planSigning({ sign = {} }: Config, event: Pick<EventFacts, 'isPrivate' | 'serverUrl'>): SigningPlan {
  const { policy = 'auto', sbom = 'auto', fulcio = publicFulcio, rekor = publicRekor } = sign;
  if (policy === 'off') return { sign: false, reason: 'switched off in the configuration' };
  if (policy === 'auto' && fulcio === publicFulcio && event.serverUrl !== publicGitHub) {
    return {
      sign: false,
      reason: `the public Fulcio knows identities of ${publicGitHub} only; sign.fulcio names another`,
    };
  }
  if (policy === 'auto' && rekor === publicRekor && event.isPrivate) {
    return { sign: false, reason: 'the public log would tell the name of a private repository; see sign.policy' };
  }
  return { sign: true, required: policy === 'required', sbom, fulcio, rekor };
}
