/** The demo cannot go on, for a reason that its user can do something about; the message says what. */
export class Stop extends Error {}
