/**
 * What devices do by themselves. Questions by which they ask whether they may go round (Firefox, Private Relay, DDR) never come here at all. IPsec
 * is background, since phones make calls over Wi-Fi by it (3GPP TS 33.402). Plain DNS past us is background:
 *
 * 1. while the device goes on asking us, to resolvers that makers write into their devices (a television that was told of us by DHCP and asks
 *    8.8.8.8 as well);
 * 2. to whomever, from a device that has done so in each of the last twelve hours: it does so at night, when nobody goes round anything.
 *
 * Connections to encrypted resolvers and other tunnels are never background.
 */
import { LRUCache } from 'lru-cache'
import type { BypassSign } from '#domain/bypass-event.ts'
import { parseAddress } from '#domain/ip-address.ts'
import { GUARD_ADDRESSES } from '#rules/sets/guard-addresses.ts'

/** Public resolvers that devices come with. */
const WRITTEN_IN: ReadonlySet<string> = new Set(GUARD_ADDRESSES.map(({ bytes }) => bytes.join()))

const HOUR_MS = 3_600_000
export const HABIT_HOURS = 12
const DEVICES_MAX = 10_000

interface Habit {
  /** Hours in a row. */
  hours: number
  /** The hour that was counted last, monotonic. */
  hour: number
}

/** Whether makers write this resolver into their devices. */
export function isWrittenIn(server: string): boolean {
  const bytes = parseAddress(server)
  return bytes !== undefined && WRITTEN_IN.has(bytes.join())
}

/** Remembers which devices ask elsewhere hour after hour: 10,000 of them, those heard of last. */
export class Habits {
  readonly #habits = new LRUCache<string, Habit>({ max: DEVICES_MAX })

  /** A device asks elsewhere; whether it has done so for `HABIT_HOURS` by now. */
  note(device: string, nowMs: number): boolean {
    const hour = Math.floor(nowMs / HOUR_MS)
    const habit = this.#habits.get(device) ?? { hours: 0, hour: hour - 1 }
    if (habit.hour < hour - 1) habit.hours = 0
    if (habit.hour < hour) habit.hours++
    habit.hour = hour
    this.#habits.set(device, habit)
    return habit.hours > HABIT_HOURS
  }
}

/** Signs of which some may be background. */
export function mayBeBackground(sign: BypassSign): boolean {
  return sign === 'dns-elsewhere' || sign === 'vpn-used'
}
