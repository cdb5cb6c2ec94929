import type { Severity } from '#safeguarding/severity.ts'
import type { Channel, Person, Place } from '../settings/notify-settings.ts'

/** Channels that start together, and those that start one by one when they fail. */
interface ChannelOrder {
  readonly atOnce: readonly Channel[]
  readonly afterwards: readonly Channel[]
}

export const NOTICE_KINDS = ['alert', 'assigned', 'drill', 'digest'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** What cannot wait goes to the pocket first; a drill tries everything; a digest is only for reading. */
export function channelOrder(kind: NoticeKind, severity: Severity | undefined): ChannelOrder {
  if (kind === 'drill') return { atOnce: ['push', 'sms', 'email', 'webhook'], afterwards: [] }
  if (kind === 'digest') return { atOnce: ['email'], afterwards: [] }
  if (severity === 'critical') return { atOnce: ['push', 'sms'], afterwards: ['email', 'webhook'] }
  if (severity === 'urgent') return { atOnce: ['push', 'sms', 'email'], afterwards: ['webhook'] }
  return { atOnce: ['push', 'email'], afterwards: ['webhook', 'sms'] }
}

/** Where a message starts; somebody without any of these channels gets the first of the others. */
export function firstPlaces(
  { places }: Pick<Person, 'places'>,
  { atOnce, afterwards }: ChannelOrder,
): readonly Place[] {
  const first = places.filter(({ channel }) => atOnce.includes(channel))
  return first.length > 0 ? first : inOrder(places, afterwards).slice(0, 1)
}

/** Where it goes on when it fails; undefined when everything was tried. */
export function nextPlace(
  { places }: Pick<Person, 'places'>,
  { atOnce, afterwards }: ChannelOrder,
  started: readonly string[],
): Place | undefined {
  return inOrder(places, [...atOnce, ...afterwards]).find(({ id }) => !started.includes(id))
}

function inOrder(places: readonly Place[], channels: readonly Channel[]): readonly Place[] {
  return channels.flatMap((one) => places.filter(({ channel }) => channel === one))
}
