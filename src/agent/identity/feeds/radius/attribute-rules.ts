import type { RadiusAttribute } from './radius-packet.ts'

/** Attributes of accounting that are read here: RFC 2865, 2866, 2869, 3162, 6911. */
export const ATTRIBUTE = {
  userName: 1,
  nasIpAddress: 4,
  framedIpAddress: 8,
  callingStationId: 31,
  nasIdentifier: 32,
  proxyState: 33,
  acctStatusType: 40,
  acctDelayTime: 41,
  acctSessionId: 44,
  eventTimestamp: 55,
  messageAuthenticator: 80,
  acctInterimInterval: 85,
  nasIpv6Address: 95,
  framedInterfaceId: 96,
  framedIpv6Prefix: 97,
  framedIpv6Address: 168,
} as const

interface AttributeRule {
  readonly bytesMin: number
  readonly bytesMax: number
  /** Whether there may be several. */
  readonly isRepeated: boolean
}

const one = (bytesMin: number, bytesMax: number = bytesMin): AttributeRule => ({
  bytesMin,
  bytesMax,
  isRepeated: false,
})
const several = (bytesMin: number, bytesMax: number = bytesMin): AttributeRule => ({
  ...one(bytesMin, bytesMax),
  isRepeated: true,
})
const TEXT_MAX = 253

const RULES: ReadonlyMap<number, AttributeRule> = new Map([
  [ATTRIBUTE.userName, one(0, TEXT_MAX)],
  [ATTRIBUTE.nasIpAddress, one(4)],
  [ATTRIBUTE.framedIpAddress, one(4)],
  [ATTRIBUTE.callingStationId, one(0, TEXT_MAX)],
  [ATTRIBUTE.nasIdentifier, one(0, TEXT_MAX)],
  [ATTRIBUTE.acctStatusType, one(4)],
  [ATTRIBUTE.acctDelayTime, one(4)],
  [ATTRIBUTE.acctSessionId, one(0, TEXT_MAX)],
  [ATTRIBUTE.eventTimestamp, one(4)],
  [ATTRIBUTE.messageAuthenticator, one(16)],
  [ATTRIBUTE.acctInterimInterval, one(4)],
  [ATTRIBUTE.nasIpv6Address, one(16)],
  [ATTRIBUTE.framedInterfaceId, one(8)],
  [ATTRIBUTE.framedIpv6Prefix, several(2, 18)],
  [ATTRIBUTE.framedIpv6Address, several(16)],
])

/** Whether each attribute that is read here has its length, and is there once where RFC 2866 section 5.13 wants it once. */
export function areSound(attributes: readonly RadiusAttribute[]): boolean {
  const seen = new Set<number>()
  return attributes.every(({ type, value }) => {
    const rule = RULES.get(type)
    if (!rule) return true
    if (value.length < rule.bytesMin || value.length > rule.bytesMax) return false
    if (seen.has(type) && !rule.isRepeated) return false
    seen.add(type)
    return true
  })
}

/** The first of a type. */
export function attributeOf(
  attributes: readonly RadiusAttribute[],
  type: number,
): Buffer | undefined {
  return attributes.find((attribute) => attribute.type === type)?.value
}

/** A number of four bytes; the rule on lengths was kept. */
export function numberOf(attributes: readonly RadiusAttribute[], type: number): number | undefined {
  return attributeOf(attributes, type)?.readUInt32BE(0)
}
