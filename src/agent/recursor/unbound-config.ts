import { isLoopback } from '../policy/own-listener.ts'
import type { ReadyRecursor, ReadyUpstream } from '../policy/ready-config.ts'

/** Files beside the configuration, in the recursor's folder. */
export const HINTS_FILE = 'root.hints'
export const AUTHORITIES_FILE = 'authorities.pem'

/** Machines of the site: no zone of the internet has its servers there. */
const SITE_NETWORKS = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
  'fe80::/10',
]
/** Servers of a network of its own may have any address, this machine's too. */
const LOOPBACK_IN_HINTS = /(^|\s)(127\.[\d.]+|::1)\s*$/m

export interface UnboundSettings {
  readonly recursor: ReadyRecursor
  /** What it reads the anchors from and keeps them in. */
  readonly anchorsFile: string
  /** The text of `root-hints`; undefined for the built-in ones. */
  readonly hints: string | undefined
}

/** Unbound's configuration: our template with its values, and whom to ask. Nothing in it comes from the file as it stands there. */
export function unboundConfig(template: string, settings: UnboundSettings): string {
  const { recursor, anchorsFile, hints } = settings
  const values: Readonly<Record<string, string>> = {
    address: recursor.address,
    port: String(recursor.port),
    anchors: anchorsFile,
    'spares-localhost': asksLocalhost(settings) ? 'no' : 'yes',
  }
  const filled = template.replaceAll(/\{\{([\w-]+)\}\}/g, (_, name: string) => values[name] ?? '')
  const whom = recursor.forwarders.length > 0 ? forwardZone(recursor.forwarders) : root(hints)
  return `${filled}\n${whom.join('\n')}\n`
}

function asksLocalhost({ recursor, hints }: UnboundSettings): boolean {
  if (recursor.forwarders.length > 0)
    return recursor.forwarders.some(({ address }) => isLoopback(address))
  return hints !== undefined && LOOPBACK_IN_HINTS.test(hints)
}

function root(hints: string | undefined): readonly string[] {
  if (hints !== undefined) return ['server:', `  root-hints: "${HINTS_FILE}"`]
  return [
    '# Servers of the internet are on the internet.',
    'server:',
    ...SITE_NETWORKS.map((network) => `  do-not-query-address: ${network}`),
  ]
}

/** All of one transport, and of the same authorities, as the configuration was checked for. */
function forwardZone(forwarders: readonly ReadyUpstream[]): readonly string[] {
  const isOver = (transport: ReadyUpstream['transport']): boolean =>
    forwarders[0]?.transport === transport
  return [
    ...(isOver('dot') ? ['server:', `  tls-cert-bundle: "${AUTHORITIES_FILE}"`] : []),
    'forward-zone:',
    '  name: "."',
    '  forward-first: no',
    ...(isOver('tcp') ? ['  forward-tcp-upstream: yes'] : []),
    ...(isOver('dot') ? ['  forward-tls-upstream: yes'] : []),
    ...forwarders.map(
      ({ address, port, name }) =>
        `  forward-addr: ${address}@${port}${isOver('dot') ? `#${name}` : ''}`,
    ),
  ]
}
