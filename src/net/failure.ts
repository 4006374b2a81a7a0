/** A request that got no whole reply. */
export interface Failure {
  readonly why: string;
  /** The request never left: nobody listened, or the name is unknown. */
  readonly unsent: boolean;
  /** Another try may help; false for a bad certificate or a bug of ours. */
  readonly passing: boolean;
  readonly tries?: number;
  readonly cause: unknown;
}

const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** Of undici's errors, those that our own request caused. */
const ours = /^UND_ERR_(?:REQ_|INVALID|NOT_SUPPORTED|ABORTED|DESTROYED|CLOSED)/;
const network = /^(?:E[A-Z_]+|UND_ERR_[A-Z_]+|HPE_[A-Z_]+|Z_[A-Z_]+)$/;
const tls = /^(?:ERR_|EPROTO$)/;

/** `fetch` says only "fetch failed"; what happened is in the cause, several levels down. */
function codeOf(thrown: unknown): { readonly code: string; readonly message: string } {
  let error: unknown = thrown;
  let message = '';
  for (let depth = 0; depth < 5 && error instanceof Error; depth += 1) {
    if (error.message !== '') message = error.message;
    if ('code' in error && typeof error.code === 'string') return { code: error.code, message };
    error = error.cause;
  }
  return { code: '', message: message || String(thrown) };
}

/** Reads what `fetch` threw. */
export function explain(thrown: unknown): Failure {
  const { code, message } = codeOf(thrown);
  const passing = network.test(code) && !ours.test(code) && !tls.test(code);
  return {
    why: code === '' || message.includes(code) ? message : `${message} (${code})`,
    unsent: unsent.has(code),
    passing,
    // An unknown name is mostly a typing error; a minute of tries would only hide it.
    ...(code === 'ENOTFOUND' ? { tries: 4 } : {}),
    cause: thrown,
  };
}
