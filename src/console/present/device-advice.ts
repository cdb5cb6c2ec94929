import { type DeviceRow, knownBand } from '#domain/device-report.ts'
import { CONFIDENCE_BANDS, type IdentitySource } from '#domain/identity.ts'
import { deviceAdvice as words } from '../words/device-advice.ts'

/** What would make a device better known, and why. */
export interface Advice {
  readonly title: string
  readonly text: string
}

interface Asked {
  readonly device: DeviceRow
  readonly has: (source: IdentitySource) => boolean
}

interface Rule extends Advice {
  readonly applies: (asked: Asked) => boolean
}

const RULES: readonly Rule[] = [
  {
    ...words.behindRouter,
    applies: ({ device: { mac } }) => mac === undefined,
  },
  {
    ...words.randomMac,
    applies: ({ device: { isRandomMac } }) => isRandomMac,
  },
  {
    ...words.noRadius,
    applies: ({ device: { user }, has }) => user === undefined && !has('radius'),
  },
  {
    ...words.noLogon,
    applies: ({ device: { user }, has }) => user === undefined && has('radius'),
  },
  {
    ...words.noName,
    applies: ({ device: { name } }) => name === undefined,
  },
  {
    ...words.noOwner,
    applies: ({ device }) => {
      const band = knownBand(device)
      return !device.isRandomMac && (band === 'weak' || band === 'fair')
    },
  },
  {
    ...words.groupOfNetwork,
    applies: ({ device: { group } }) => group.source === 'network',
  },
]

/** What would help, most useful first; empty where a device is known as well as it can be. */
export function deviceAdvice(
  device: DeviceRow,
  sources: readonly IdentitySource[],
): readonly Advice[] {
  const asked: Asked = { device, has: (source) => sources.includes(source) }
  return RULES.filter(({ applies }) => applies(asked)).map(({ title, text }) => ({ title, text }))
}

/** Whether an alert may name who it is. */
export function mayBeNamed({ user }: Pick<DeviceRow, 'user'>): boolean {
  return (user?.confidence ?? 0) >= CONFIDENCE_BANDS.strong
}
