import * as v from 'valibot';
import { key } from './key.ts';

/** Plain http on loopback only, for trying things out. */
const service = v.pipe(
  v.string(),
  v.regex(
    /^(?:https:\/\/[^\s/?#@]+|http:\/\/(?:localhost|127\.0\.0\.1)(?::[0-9]+)?)(?:\/[^\s?#]*[^\s?#/])?$/,
    'an address such as https://fulcio.example.com, without a slash at the end',
  ),
);

export const sign = v.strictObject({
  policy: key(
    v.picklist(['auto', 'required', 'off']),
    'Whether image and chart get signed provenance. `auto` (the default): when the job may have an identity, which takes `permissions: id-token: write`; not in a private repository, whose name the public log would tell. `required`: also there, and nothing is published without. `off`: never.',
    'required',
  ),
  sbom: key(
    v.picklist(['auto', 'required', 'off']),
    'Whether a signed image gets a signed SBOM (SPDX, by syft) too. `auto` (the default): when there is syft, or it can be fetched. `required`: no image is published without. `off`: never.',
    'required',
  ),
  fulcio: key(
    service,
    "A Fulcio of your own, which certifies the identity of the job. Default: Sigstore's public one.",
    'https://fulcio.example.com',
  ),
  rekor: key(
    service,
    "A Rekor of your own, which logs the signatures. Default: Sigstore's public one.",
    'https://rekor.example.com',
  ),
});
