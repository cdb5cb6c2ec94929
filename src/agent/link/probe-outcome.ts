/**
 * What one probe found: an answer; a host that is there but refuses the port; nothing within the time; or word from this machine
 * or a router that there is no way.
 */
export type ProbeOutcome =
  | { readonly kind: 'reached'; readonly rttMs: number }
  | { readonly kind: 'refused'; readonly rttMs: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unreachable'; readonly code: string }

const NO_WAY = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'EINVAL',
])

/** Judges what a socket reported. A local firewall's EPERM says no more than silence does. */
export function outcomeOfError(error: Error, rttMs: number): ProbeOutcome {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return { kind: 'refused', rttMs }
  return NO_WAY.has(code) ? { kind: 'unreachable', code } : { kind: 'silent' }
}
