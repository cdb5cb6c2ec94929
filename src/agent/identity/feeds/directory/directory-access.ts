import { readFileSync, statSync } from 'node:fs'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { ReadyDirectory } from '../../../policy/ready-identity.ts'
import { DIRECTORY_LIMITS } from './directory-limits.ts'

/** How the directory is reached, with what is in the files. Never in a log. */
export interface DirectoryAccess extends Pick<ReadyDirectory, 'url' | 'base' | 'bindDn'> {
  readonly userAttribute: string
  readonly groupAttribute: string
  readonly password: string
  /** PEM; undefined: the usual authorities. */
  readonly ca: string | undefined
}

/** Reads the files. Blocks on the disk; never throws. Without its password or authority the directory is not asked at all. */
export function readAccess(config: ReadyDirectory): DirectoryAccess | Failure {
  const { passwordFile, caFile, ...rest } = config
  const { passwordBytes, caBytes } = DIRECTORY_LIMITS
  const password = passwordFile === undefined ? '' : readSmall(passwordFile, passwordBytes)
  if (isFailure(password)) return password
  const ca = caFile === undefined ? undefined : readSmall(caFile, caBytes)
  if (isFailure(ca)) return ca
  const line = password.split(/\r?\n/, 1)[0] ?? ''
  // A DN without a password is taken for an anonymous bind by many servers (RFC 4513 section 5.1.2).
  if (config.bindDn !== undefined && line === '')
    return failure(
      'no-password',
      `there is a bind-dn, and ${passwordFile ?? 'no password-file'} holds no password`,
    )
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----'))
    return failure('no-authority', `${caFile} holds no certificate in PEM`)
  return { ...rest, password: line, ca }
}

/** Whether a password can be read by everybody: to be told, not to be refused. */
export function isOpenToAll({ passwordFile }: ReadyDirectory): boolean {
  if (passwordFile === undefined) return false
  try {
    return (statSync(passwordFile).mode & 0o004) !== 0
  } catch {
    return false // It is told of where it is read.
  }
}

function readSmall(file: string, bytesMax: number): string | Failure {
  try {
    if (statSync(file).size > bytesMax)
      return failure('too-long', `${file} is longer than ${bytesMax} bytes`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return failure('unreadable', `${file} cannot be read (${code})`)
  }
}
