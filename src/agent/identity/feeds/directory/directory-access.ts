import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { ReadyDirectory } from '../../../policy/ready-identity.ts'
import { readSmallFile, type SmallFile } from '../read-small-file.ts'
import { DIRECTORY_LIMITS } from './directory-limits.ts'

/** How the directory is reached, with what is in the files. Never in a log. */
export interface DirectoryAccess extends Pick<ReadyDirectory, 'url' | 'base' | 'bindDn'> {
  readonly userAttribute: string
  readonly groupAttribute: string
  readonly password: string
  /** PEM; undefined: the usual authorities. */
  readonly ca: string | undefined
  /** The password can be read by everybody: to be told, not to be refused. */
  readonly isOpenToAll: boolean
}

/** Reads the files. Blocks on the disk; never throws. Without its password or authority the directory is not asked at all. */
export function readAccess(config: ReadyDirectory): DirectoryAccess | Failure {
  const { passwordFile, caFile, ...rest } = config
  const { passwordBytes, caBytes } = DIRECTORY_LIMITS
  const password = passwordFile === undefined ? undefined : readNamed(passwordFile, passwordBytes)
  if (isFailure(password)) return password
  const authority = caFile === undefined ? undefined : readNamed(caFile, caBytes)
  if (isFailure(authority)) return authority
  const ca = authority?.text
  const line = password?.text.split(/\r?\n/, 1)[0] ?? ''
  // A DN without a password is taken for an anonymous bind by many servers (RFC 4513 section 5.1.2).
  if (config.bindDn !== undefined && line === '')
    return failure(
      'no-password',
      `there is a bind-dn, and ${passwordFile ?? 'no password-file'} holds no password`,
    )
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----'))
    return failure('no-authority', `${caFile} holds no certificate in PEM`)
  return { ...rest, password: line, ca, isOpenToAll: password?.isOpenToAll ?? false }
}

function readNamed(file: string, bytesMax: number): SmallFile | Failure {
  const read = readSmallFile(file, bytesMax)
  return isFailure(read) ? failure(read.failure, `${file} ${read.detail}`) : read
}
