/** The codes by which SQLite says that the file itself is damaged. */
const CORRUPTION = /^SQLITE_(?:CORRUPT|NOTADB)/
/** Codes of the file system around it. */
const SYSTEM = new Set([
  'ENOSPC',
  'EIO',
  'EROFS',
  'EACCES',
  'EPERM',
  'EDQUOT',
  'ENOENT',
  'EMFILE',
  'ENFILE',
])

/** The code of a fault of disk or file that may heal, or undefined for a fault of this program. */
export function storageFaultCode(error: unknown): string | undefined {
  const code = codeOf(error)
  if (code === undefined || code.startsWith('SQLITE_CONSTRAINT')) return undefined
  return code.startsWith('SQLITE_') || code === 'EDGE_STORE' || SYSTEM.has(code) ? code : undefined
}

/** Whether a fault means that the connection is of no more use: the file must be opened, and looked over, again. */
export function needsReopening(code: string): boolean {
  return CORRUPTION.test(code) || code.startsWith('SQLITE_IOERR') || code === 'SQLITE_CANTOPEN'
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
