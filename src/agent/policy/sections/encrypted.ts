import type { z } from 'zod'
import { type DomainName, parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { type Complaint, complaint } from '../complaint.ts'
import { address, block, field, integer, listOf, text } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'

/** Where encrypted DNS is answered; without a port on the one that clients expect. */
export interface EncryptedEndpointSection {
  readonly address: string
  readonly port?: number | undefined
}

export interface DnsTlsSection {
  /** Files, relative to the configuration's folder; both or neither. */
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  /** The host name that clients are told. */
  readonly name?: DomainName | undefined
}

/** Of DNS over TLS (RFC 7858) and over HTTPS (RFC 8484). */
export const DEFAULT_DOT_PORT = 853
export const DEFAULT_DOH_PORT = 443

/** Room for the name twice in one answer of LOCAL_ANSWER_BYTES_MAX. */
const NAME_CHARS_MAX = 100
const HOST_LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

// Port 0 lets the system choose: for trying out.
const endpoint: z.ZodType<EncryptedEndpointSection> = block({
  address: address(),
  port: integer(0, 65_535).optional(),
})

/** `listen.dot` and `listen.doh`. */
export const encryptedEndpoints: z.ZodType<readonly EncryptedEndpointSection[]> = listOf(
  endpoint,
  'addresses with ports',
  FILE_LIMITS.listeners,
)

/** `listen.tls`: the certificate of both. */
export const dnsTlsSection: z.ZodType<DnsTlsSection> = block({
  certificate: text('a file', 300).optional(),
  key: text('a file', 300).optional(),
  name: hostName().optional(),
})

/** A certificate without its key, and the other way round. */
export function checkDnsTls({ certificate, key }: DnsTlsSection): readonly Complaint[] {
  if ((certificate === undefined) === (key === undefined)) return []
  const [missing, there] =
    certificate === undefined ? ['certificate', 'key'] : ['key', 'certificate']
  return [
    complaint(
      ['listen', 'tls', missing],
      'a file',
      `${there} needs its ${missing}; without both the box makes its own`,
    ),
  ]
}

/** A name that a certificate can hold and a client can look up. */
function hostName(): z.ZodType<DomainName> {
  const allowed = `a host name of letters, digits and hyphens such as dns.school.example, at most ${NAME_CHARS_MAX} characters`
  return field((found) => {
    if (typeof found !== 'string' || found.length > NAME_CHARS_MAX) return { allowed }
    const name = parseDomainName(found)
    if (isRuleFailure(name)) return { allowed, hint: name.detail }
    const labels = name.split('.')
    const isHost = labels.length > 1 && labels.every((label) => HOST_LABEL.test(label))
    return isHost && name.length <= NAME_CHARS_MAX ? { value: name } : { allowed }
  })
}
