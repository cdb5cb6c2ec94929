/** What is said of endpoints that cannot be listened on. */
const ABSENT_CODES: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/** A place, and the option that names it. */
export interface ListenPlace {
  readonly address: string
  readonly port: number
  readonly option: 'listen.dns' | 'listen.dot' | 'listen.doh'
}

/** Whether this machine does not have the address: IPv6 switched off, or not yet assigned. */
export function isAbsent(error: unknown): boolean {
  return ABSENT_CODES.has(codeOf(error))
}

/** Why not, and what to do, in one sentence. */
export function whyNot(error: unknown, { address, port, option }: ListenPlace): string {
  const code = codeOf(error)
  const where = `cannot listen on ${address} port ${port}`
  if (code === 'EADDRINUSE')
    return `${where}: another program uses it; stop that or change ${option}`
  if (code === 'EACCES')
    return `${where}: ports below 1024 need CAP_NET_BIND_SERVICE; use the service unit or another port`
  if (isAbsent(error)) return `${where}: this machine has no such address`
  return `${where}: ${code}`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
