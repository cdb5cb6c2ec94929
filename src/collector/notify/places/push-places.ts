/**
 * Browsers that people subscribed on the console. They join the places that the file of the people names, so that ladders,
 * drills and deliveries know no difference.
 */
import { fill } from '#console/words/fill.ts'
import { notices } from '#console/words/notices.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import { placeId } from '../settings/complete-settings.ts'
import type { NotifySettings, Place } from '../settings/notify-settings.ts'

/** A browser's subscription; `label` is what its owner calls it (hostile text). */
export interface PushPlace {
  /** The same as the place's. */
  readonly id: string
  readonly person: string
  readonly label: string
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
  readonly addedAt: number
}

export interface PushPlaces {
  /** By person, the newest first. */
  readonly all: () => readonly PushPlace[]
  /** One browser is one place: subscribed again, it is the new person's. */
  readonly add: (place: Omit<PushPlace, 'id'>) => Failure<'too-many'> | undefined
  /** False where there is none. */
  readonly remove: (id: string) => boolean
}

export const PUSH_PLACE_TABLES: string = `
CREATE TABLE IF NOT EXISTS push_place (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  person TEXT NOT NULL,
  label TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
`

const TOTAL_MAX = NOTIFY_LIMITS.peopleMax * NOTIFY_LIMITS.placesMax

export function makePushPlaces(db: Sqlite, tenant: string): PushPlaces {
  const all = db.prepare<[string, number], PushPlace>(
    `SELECT id, person, label, endpoint, p256dh, auth, added_at AS addedAt FROM push_place
     WHERE tenant_id = ? ORDER BY person, added_at DESC LIMIT ?`,
  )
  const count = db.prepare<[string, string, string], { total: number }>(
    'SELECT count(*) AS total FROM push_place WHERE tenant_id = ? AND person = ? AND id <> ?',
  )
  const add = db.prepare<[string, string, string, string, string, string, string, number]>(
    'INSERT OR REPLACE INTO push_place VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const remove = db.prepare<[string, string]>(
    'DELETE FROM push_place WHERE tenant_id = ? AND id = ?',
  )
  return {
    all: () => all.all(tenant, TOTAL_MAX),
    add: ({ person, label, endpoint, p256dh, auth, addedAt }) => {
      const id = placeId('push', endpoint)
      if ((count.get(tenant, person, id)?.total ?? 0) >= NOTIFY_LIMITS.placesMax)
        return failure(
          'too-many',
          fill(notices.problems.tooMany, { count: NOTIFY_LIMITS.placesMax }),
        )
      add.run(tenant, id, person, label, endpoint, p256dh, auth, addedAt)
      return undefined
    },
    remove: (id) => remove.run(tenant, id).changes === 1,
  }
}

/** The settings with the browsers of their people; of somebody whom the file names no more, none. */
export function withPushPlaces(
  settings: NotifySettings,
  subscribed: readonly PushPlace[],
): NotifySettings {
  if (subscribed.length === 0) return settings
  const people = settings.people.map((person) => {
    const known = new Set(person.places.map(({ id }) => id))
    const own = subscribed
      .filter((one) => one.person === person.id && !known.has(one.id))
      .map(
        ({ id, endpoint, p256dh, auth }): Place => ({
          id,
          channel: 'push',
          endpoint,
          p256dh,
          auth,
        }),
      )
    return own.length === 0 ? person : { ...person, places: [...person.places, ...own] }
  })
  return { ...settings, people }
}
