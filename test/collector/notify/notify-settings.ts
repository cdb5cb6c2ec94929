/** People and times for tests: an invented school. */

import type { NotifySettings, Person, Role } from '#collector/notify/settings/notify-settings.ts'
import { LONDON } from '#rules/zone.ts'

const DAY = { from: 7 * 60 + 45, to: 16 * 60 + 30 }

/** Somebody who is reached by e-mail and by nothing else. */
export function person(id: string, ...roles: readonly Role[]): Person {
  const address = `${id}@example.org`
  return { id, name: id, roles, places: [{ channel: 'email', id: `email-${id}`, address }] }
}

/** A school with the whole ladder, open Monday to Friday 07:45 to 16:30, with nobody on duty. */
export function schoolSettings(change: Partial<NotifySettings> = {}): NotifySettings {
  return {
    consoleUrl: 'https://console.example.org',
    zone: LONDON,
    schoolHours: [DAY, DAY, DAY, DAY, DAY, undefined, undefined],
    holidays: [],
    people: [
      person('dsl', 'dsl'),
      person('deputy', 'deputy'),
      person('head', 'head'),
      person('trust', 'trust'),
      person('chair', 'chair'),
      person('it', 'it'),
    ],
    rota: [],
    patience: { critical: 15 * 60_000, urgent: 60 * 60_000, high: 'day' },
    drill: undefined,
    digest: { weekday: 0, minute: 7 * 60 },
    senders: { pushContact: 'mailto:it@example.org', privateHosts: [], ca: [] },
    ...change,
  }
}
