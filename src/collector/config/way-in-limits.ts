const MINUTE_MS = 60_000

/** Every bound of signing in by a passkey, and by a provider that the school has already. */
export interface WayInLimits {
  readonly passkeysPerAccountMax: number
  /** Characters of a passkey's name. */
  readonly passkeyNameMax: number
  /** Of what a browser sends of a passkey. */
  readonly passkeyBytesMax: number
  /** How long a question to a passkey may be answered; so many are open from one address, and from everywhere. */
  readonly challengeLifeMs: number
  readonly challengesPerAddressMax: number
  readonly challengesMax: number
  /** How long somebody may take at the provider; so many are on their way from one address, and from everywhere. */
  readonly journeyLifeMs: number
  readonly journeysPerAddressMax: number
  readonly journeysMax: number
  /** For one answer of the provider, and how large it may be. */
  readonly providerTimeoutMs: number
  readonly providerBytesMax: number
  /** How long what the provider publishes is believed without asking again, and how long a provider that fails is left alone. */
  readonly providerKnownMs: number
  readonly providerRestMs: number
  /** So far its clock may be from the collector's, where it says when somebody signed in. */
  readonly providerSkewMs: number
}

/** What ships. A proxy before the console gives everybody its own address. */
export const WAY_IN_LIMITS: WayInLimits = {
  passkeysPerAccountMax: 10,
  passkeyNameMax: 60,
  passkeyBytesMax: 16_384,
  challengeLifeMs: 5 * MINUTE_MS,
  challengesPerAddressMax: 200,
  challengesMax: 5000,
  journeyLifeMs: 10 * MINUTE_MS,
  journeysPerAddressMax: 200,
  journeysMax: 5000,
  providerTimeoutMs: 8000,
  providerBytesMax: 262_144,
  providerKnownMs: 60 * MINUTE_MS,
  providerRestMs: 10_000,
  providerSkewMs: 30_000,
}
