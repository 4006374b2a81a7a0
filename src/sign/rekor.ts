import { createHash } from 'node:crypto';
import { envelopeToJSON } from '@sigstore/bundle';
import type { Envelope, TransparencyLogEntry } from '@sigstore/bundle';
import * as v from 'valibot';
import type { Http, HttpReply } from '../net/types.ts';
import { refusal, unreadable } from './reply.ts';

const service = 'Rekor';
/** A new entry that another replica of the log does not have yet. */
const entryTries = 6;

const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]*$/i));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** An entry as `POST` and `GET /api/v1/log/entries` give it, under its name. */
const entrySchema = v.record(
  v.string(),
  v.object({
    body: v.string(),
    integratedTime: count,
    logID: hex,
    logIndex: count,
    verification: v.object({
      signedEntryTimestamp: v.optional(v.string()),
      inclusionProof: v.object({
        logIndex: count,
        treeSize: count,
        rootHash: hex,
        hashes: v.array(hex),
        checkpoint: v.string(),
      }),
    }),
  }),
);
type Entry = v.InferOutput<typeof entrySchema>[string];

/** What the log keeps of an envelope: its hashes and signatures. */
const bodySchema = v.object({
  kind: v.literal('dsse'),
  apiVersion: v.string(),
  spec: v.object({
    payloadHash: v.object({ algorithm: v.literal('sha256'), value: v.string() }),
    signatures: v.tuple([v.object({ signature: v.string() })]),
  }),
});

/**
 * Writes an envelope into the transparency log. An entry that is there already, as after a lost reply, is fetched, and like a
 * new one it has to be about this very envelope.
 * Errors: OR-SIGN-REFUSED, OR-SIGN-UNREACHABLE, OR-SIGN-CONTENT, OR-NET-UNREACHABLE.
 */
export async function logEnvelope(
  http: Http,
  base: string,
  envelope: Envelope,
  certificatePem: string,
): Promise<TransparencyLogEntry> {
  const reply = await http.send({
    method: 'POST',
    url: `${base}/api/v1/log/entries`,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: {
        proposedContent: {
          envelope: JSON.stringify(envelopeToJSON(envelope)),
          verifiers: [Buffer.from(certificatePem).toString('base64')],
        },
      },
    }),
    // The log takes an entry once: what was written by a try whose reply was lost comes back as a conflict.
    repeat: 'always',
  });
  const made = reply.status === 409 ? await fetchEntry(http, base, nameIn(reply)) : reply;
  if (made.status !== 200 && made.status !== 201) throw refusal(made, service, 'log the signature');
  return entryOf(made, envelope);
}

/** The name of the entry in a conflict's `Location`. Only the name is taken: another host is never asked. */
function nameIn(reply: HttpReply): string {
  const name = /\/api\/v1\/log\/entries\/([0-9a-f]{64,80})$/i.exec(reply.headers.get('location') ?? '')?.[1];
  if (name === undefined) throw unreadable(service, 'it has the entry already, and does not say where');
  return name;
}

async function fetchEntry(http: Http, base: string, name: string): Promise<HttpReply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await http.send({
      method: 'GET',
      url: `${base}/api/v1/log/entries/${name}`,
      headers: { accept: 'application/json' },
      repeat: 'always',
    });
    if (reply.status !== 404) return reply;
    if (!(await http.backoff('GET the entry of the log', 'not visible yet', tries, { tries: entryTries })))
      return reply;
  }
}

function entryOf(reply: HttpReply, envelope: Envelope): TransparencyLogEntry {
  const read = v.safeParse(entrySchema, reply.json());
  const [entry, ...others] = read.success ? Object.values(read.output) : [];
  if (entry === undefined || others.length > 0) throw unreadable(service, 'it is not one entry with its proof');
  const body = bodyOf(entry);
  const payloadHash = createHash('sha256').update(envelope.payload).digest('hex');
  const signature = envelope.signatures[0]?.sig.toString('base64');
  if (body.spec.payloadHash.value !== payloadHash || body.spec.signatures[0].signature !== signature) {
    throw unreadable(service, 'the entry is about another signature');
  }
  const { inclusionProof: proof, signedEntryTimestamp } = entry.verification;
  return {
    logIndex: `${entry.logIndex}`,
    logId: { keyId: Buffer.from(entry.logID, 'hex') },
    kindVersion: { kind: body.kind, version: body.apiVersion },
    integratedTime: `${entry.integratedTime}`,
    inclusionPromise:
      signedEntryTimestamp === undefined
        ? undefined
        : { signedEntryTimestamp: Buffer.from(signedEntryTimestamp, 'base64') },
    inclusionProof: {
      logIndex: `${proof.logIndex}`,
      treeSize: `${proof.treeSize}`,
      rootHash: Buffer.from(proof.rootHash, 'hex'),
      hashes: proof.hashes.map((hash) => Buffer.from(hash, 'hex')),
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: Buffer.from(entry.body, 'base64'),
  };
}

function bodyOf(entry: Entry): v.InferOutput<typeof bodySchema> {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(entry.body, 'base64').toString());
  } catch {
    throw unreadable(service, 'the body of the entry is not JSON');
  }
  const read = v.safeParse(bodySchema, body);
  if (!read.success) throw unreadable(service, 'the entry is not of a signed statement');
  return read.output;
}
