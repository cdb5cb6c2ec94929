import { z } from 'zod'
import { type Complaint, complaint } from '../complaint.ts'
import { block, flag, integer, text } from '../fields.ts'
import { isOwnListener } from '../own-listener.ts'
import type { Endpoint } from './listen.ts'
import { portOf, type UpstreamSection } from './upstreams.ts'

export interface RecursorSection {
  readonly enabled?: boolean | undefined
  readonly port?: number | undefined
  readonly 'root-hints'?: string | undefined
  readonly 'trust-anchors'?: string | undefined
}

/** Below the ports that the system gives to whoever asks for any. */
export const DEFAULT_RECURSOR_PORT = 5310

/** What `upstreams` may say of how its forwarders are asked. */
const FORWARDER_TRANSPORTS: readonly string[] = ['udp', 'tcp', 'dot']

/** One line of text in quotes of Unbound's configuration, without what ends them. */
const PLAIN_ZONE = /^[^%]*(%[\w.-]+)?$/

const keys = block({
  enabled: flag().optional(),
  port: integer(1024, 65_535).optional(),
  'root-hints': text('a file', 300).optional(),
  'trust-anchors': text('a file', 300).optional(),
})

/** `recursor`: whether Unbound runs beside the agent; `true` is short for a block that says nothing else. */
export const recursorSection: z.ZodType<RecursorSection> = z
  .unknown()
  .superRefine((found, context) => {
    if (typeof found === 'boolean' || (typeof found === 'object' && !Array.isArray(found))) return
    const allowed = `true, false, or a block with ${Object.keys(keys.shape).join(', ')}`
    context.addIssue({ code: 'custom', message: allowed })
  })
  .transform((found) => (typeof found === 'boolean' ? { enabled: found } : found))
  .pipe(keys)

/** What Unbound cannot do for the agent: ask some upstreams, or listen where the agent does. */
export function checkRecursor(
  recursor: RecursorSection | undefined,
  upstreams: readonly UpstreamSection[],
  listeners: readonly Endpoint[],
): readonly Complaint[] {
  if (!isOn(recursor)) return []
  const own = { address: '127.0.0.1', port: recursor.port ?? DEFAULT_RECURSOR_PORT }
  const path = ['recursor', 'root-hints'] as const
  return [
    ...(isOwnListener(own, listeners, [])
      ? [complaint(['recursor'], 'with another port', `the agent itself listens on ${own.port}`)]
      : []),
    ...(recursor['root-hints'] !== undefined && upstreams.length > 0
      ? [complaint(path, 'only without upstreams', 'upstreams are asked in place of the root')]
      : []),
    ...upstreams.flatMap((one, i) => checkForwarder(one, upstreams, i)),
  ]
}

/** Whether Unbound is to run: a block means yes unless it says no. */
export function isOn(recursor: RecursorSection | undefined): recursor is RecursorSection {
  return recursor !== undefined && recursor.enabled !== false
}

/** Unbound asks all forwarders of a zone in one way, and believes the same authorities for all. */
function checkForwarder(
  one: UpstreamSection,
  [first = one]: readonly UpstreamSection[],
  i: number,
): readonly Complaint[] {
  const { transport = 'udp', ca, address } = one
  const place = (key: string) => ['upstreams', i, key] as const
  if (!PLAIN_ZONE.test(address))
    return [complaint(place('address'), 'an interface of letters and digits after %')]
  if (!FORWARDER_TRANSPORTS.includes(transport))
    return [
      complaint(
        place('transport'),
        `${FORWARDER_TRANSPORTS.join(', ')} with recursor`,
        `Unbound cannot forward over ${transport}; use dot, or leave recursor out`,
      ),
    ]
  const wanted = first.transport ?? 'udp'
  if (transport !== wanted)
    return [
      complaint(
        i > 0 && one.transport ? place('transport') : ['upstreams', i],
        `with recursor the transport of the first upstream, ${wanted}`,
        `Unbound asks all upstreams in one way; port ${portOf(one)} is asked over ${transport}`,
      ),
    ]
  if (ca === first.ca) return []
  return [
    complaint(
      ca === undefined ? ['upstreams', i] : place('ca'),
      'with recursor the same ca for every upstream',
      `the first has ${first.ca ?? 'none'}`,
    ),
  ]
}
