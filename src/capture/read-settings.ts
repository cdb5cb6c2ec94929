import {
  CAPTURE_SETTINGS_LIMITS,
  CAPTURE_SOURCES,
  type CaptureSettings,
} from '#domain/capture-settings.ts'

/** What an interface may be called (Linux: 15 bytes), so that none is an option of a program. */
export const INTERFACE_NAME: RegExp = /^[a-zA-Z0-9][a-zA-Z0-9._@-]{0,14}$/

/** The settings in what the agent sent; undefined where it is something else, which would be a fault of this product. */
export function readSettings(found: unknown): CaptureSettings | undefined {
  if (typeof found !== 'object' || found === null) return undefined
  const given = new Map<string, unknown>(Object.entries(found))
  const source = CAPTURE_SOURCES.find((one) => one === given.get('source'))
  const { interfaces, addresses, names } = CAPTURE_SETTINGS_LIMITS
  const list = (key: string, max: number): readonly string[] => textsIn(given.get(key), max)
  const settings = {
    interfaces: list('interfaces', interfaces).filter((name) => INTERFACE_NAME.test(name)),
    resolvers: list('resolvers', addresses),
    servers: list('servers', addresses),
    dhcpServers: list('dhcpServers', addresses),
    routers: list('routers', addresses),
    networks: list('networks', addresses),
    dohNames: list('dohNames', names),
    vpnNames: list('vpnNames', names),
    dohAddresses: list('dohAddresses', addresses),
    torAddresses: list('torAddresses', addresses),
  }
  return source && { ...settings, source }
}

function textsIn(found: unknown, max: number): readonly string[] {
  if (!Array.isArray(found)) return []
  const texts: unknown[] = found.slice(0, max)
  return texts.filter((one) => typeof one === 'string')
}
