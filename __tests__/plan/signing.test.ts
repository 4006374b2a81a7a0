import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { planSigning } from '../../src/plan/signing.ts';

const publicEvent = { isPrivate: false, serverUrl: 'https://github.com' };
const own = '\n  fulcio: https://fulcio.acme.example\n  rekor: https://rekor.acme.example';
const signing = (sign: string, event: Partial<typeof publicEvent> = {}): ReturnType<typeof planSigning> =>
  planSigning(loadConfig(sign === '' ? '' : `sign:\n  ${sign}`), { ...publicEvent, ...event });

describe('what is published', () => {
  it('is signed with the public Sigstore, where nothing else is said', () => {
    expect(signing('')).toEqual({
      sign: true,
      required: false,
      sbom: 'auto',
      fulcio: 'https://fulcio.sigstore.dev',
      rekor: 'https://rekor.sigstore.dev',
    });
  });

  it('is not signed where the configuration says off', () => {
    expect(signing('policy: off')).toEqual({ sign: false, reason: 'switched off in the configuration' });
  });

  it.each([
    ['a private repository, whose name the public log would tell', { isPrivate: true }, /^the public log would tell/],
    [
      'another server, whose identities the public Fulcio does not know',
      { serverUrl: 'https://git.acme.example' },
      /^the public Fulcio knows/,
    ],
  ])('is not signed by itself in %s', (_, event, reason) => {
    expect(signing('', event)).toMatchObject({ sign: false, reason: expect.stringMatching(reason) as string });
    expect(signing('policy: required', event)).toMatchObject({ sign: true, required: true });
    expect(signing(`policy: auto${own}`, event)).toMatchObject({ sign: true, fulcio: 'https://fulcio.acme.example' });
  });

  it.each([
    'http://fulcio.acme.example',
    'https://fulcio.acme.example/',
    'fulcio.acme.example',
    'https://a:b@acme.example',
  ])('takes no Fulcio at %s', (address) => {
    expect(() => signing(`fulcio: ${address}`)).toThrow(/sign\.fulcio: found .*, expected an address such as https:/);
  });
});
