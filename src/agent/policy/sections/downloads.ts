import type { z } from 'zod'
import { parseAddress } from '#domain/ip-address.ts'
import { block, field, listOf, type Reading } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'

export interface DownloadsSection {
  readonly 'private-hosts'?: readonly string[] | undefined
  readonly ca?: string | undefined
}

/** `downloads`: what holds for every list that is downloaded. */
export const downloadsSection: z.ZodType<DownloadsSection> = block({
  'private-hosts': listOf(
    field(readHost),
    'host names or addresses',
    FILE_LIMITS.privateHosts,
  ).optional(),
  ca: field(readFile).optional(),
})

/** As a URL has it, so that the two compare. */
function readHost(found: unknown): Reading<string> {
  const allowed = 'a host name or an address, without a port'
  if (typeof found !== 'string' || found.length > 253) return { allowed }
  const host = found.includes(':') ? `[${found}]` : found
  const url = URL.parse(`https://${host}/`)
  const isGood = url !== null && (parseAddress(found) !== undefined || NAME.test(found))
  return isGood ? { value: url.hostname } : { allowed }
}
const NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i

function readFile(found: unknown): Reading<string> {
  const allowed = 'a file of certificates (PEM) on this machine, relative to this file'
  const isGood = typeof found === 'string' && found !== '' && found.length <= 1000
  return isGood && !found.includes('\u0000') ? { value: found } : { allowed }
}
