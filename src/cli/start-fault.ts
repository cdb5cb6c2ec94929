/** What to do about the system's refusals that people meet at start. */
const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program; stop it or choose another port',
  EADDRNOTAVAIL: 'is not an address of this machine',
  EACCES: 'needs a privilege (ports below 1024 do); choose another port or use the systemd units',
}

/** Why a service cannot start, in one line, from whatever was thrown. */
export function startFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = textOf(error, 'code')
  const advice = ADVICE[code]
  const address = textOf(error, 'address')
  if (advice === undefined || address === '') return error.message
  const port = textOf(error, 'port')
  const place = port === '' ? address : `port ${port} on ${address}`
  return `${place} ${advice}`
}

function textOf(error: Error, key: string): string {
  const value: unknown = Object.getOwnPropertyDescriptor(error, key)?.value
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
