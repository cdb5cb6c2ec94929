/**
 * Telling people. Whoever changes an alert writes, in the same transaction, that there is a ladder to climb (`ladder/ladder.ts`). Each
 * second the steps that are due become messages (`ladder/climb.ts`), and messages are handed over by channels
 * (`delivery/`); both live in the store, so that a collector that dies goes on where it was.
 */
import { join } from 'node:path'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { newRandomId } from '#platform/random.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { LONDON } from '#rules/zone.ts'
import { sendEmail } from './channels/send-email.ts'
import { makeSendPush, readVapidKeys } from './channels/send-push.ts'
import { sendSms } from './channels/send-sms.ts'
import { sendWebhook } from './channels/send-webhook.ts'
import { type Deliver, makeDeliver } from './delivery/deliver.ts'
import { makeDeliveryQueue } from './delivery/delivery-queue.ts'
import { makeMakeMessage } from './delivery/make-message.ts'
import { makeNotices } from './delivery/notices.ts'
import type { Escalations } from './escalations.ts'
import { type Climb, makeClimb } from './ladder/climb.ts'
import { NOTIFY_LIMITS } from './notify-limits.ts'
import type { NotifyMetrics, NotifyReadings } from './notify-metrics.ts'
import { makeNotifyReadings } from './notify-readings.ts'
import { type Confirmations, makeConfirmations } from './occasions/confirmations.ts'
import { type DrillState, makeDrillRead } from './occasions/drill-state.ts'
import {
  type CountWeek,
  lastOccasion,
  makeOccasions,
  type Occasions,
} from './occasions/occasions.ts'
import { makeTellAssigned, withAssignees } from './places/assignees.ts'
import {
  makePushPlaces,
  type PushPlace,
  type PushPlaces,
  withPushPlaces,
} from './places/push-places.ts'
import { makePrune } from './prune.ts'
import { USUAL_DIGEST } from './settings/complete-settings.ts'
import type { NotifySettings, Person, Role } from './settings/notify-settings.ts'
import { keepSettings } from './settings/settings-keeper.ts'

export interface Notify {
  readonly confirmations: Confirmations
  readonly readings: () => NotifyReadings
  /** The newest drill, for pages and status. */
  readonly drill: () => DrillState | undefined
  /** When the newest digest was due, also where nobody is told. */
  readonly lastDigestMs: (nowMs: number) => number
  /** Base64url; what a browser needs to subscribe. */
  readonly pushKey: string
  /** The beginning of every link, undefined while nobody is told. */
  readonly consoleUrl: () => string | undefined
  /** Whom the file names; empty while nobody is told. */
  readonly people: () => readonly Person[]
  /** Browsers that were subscribed on the console. */
  readonly subscribed: () => readonly PushPlace[]
  readonly subscribe: PushPlaces['add']
  readonly unsubscribe: PushPlaces['remove']
  /** Call it inside the transaction that assigns. Nobody is told while no file is in force. */
  readonly assigned: Escalations['assigned']
  /** Ids of those who have a role now. */
  readonly personsOf: (role: Role) => readonly string[]
  readonly close: () => Promise<void>
}

export interface NotifyParts {
  readonly db: Sqlite
  readonly tenant: string
  /** Keys are kept in it. */
  readonly stateDir: string
  readonly peopleFile: string | undefined
  readonly metrics: NotifyMetrics
  readonly clock: Clock
  readonly log: Log
  /** What the digest counts. */
  readonly countWeek: CountWeek
  /** E-mail addresses of accounts to which alerts are assigned. */
  readonly assignees: () => readonly string[]
}

const SENDS = { email: sendEmail, sms: sendSms, webhook: sendWebhook } as const

/** Starts climbing and sending. Throws `CollectorError` for a file of people that cannot be used, or as files and store do. */
export function startNotify(parts: NotifyParts): Notify {
  const { db, tenant, stateDir, peopleFile, assignees, metrics, clock, log } = parts
  const keys = readVapidKeys(join(stateDir, 'vapid.json'))
  const confirmations = makeConfirmations(db, tenant, join(stateDir, 'confirm.key'))
  const notices = makeNotices(db, tenant, () => newRandomId().replaceAll('-', ''))
  const climb = makeClimb(db, tenant, notices)
  const drill = makeDrillRead(db, tenant)
  const occasions = makeOccasions(db, notices, { countWeek: parts.countWeek, drill })
  const queue = makeDeliveryQueue(db, tenant)
  const places = makePushPlaces(db, tenant)
  const keeper = keepSettings(peopleFile, log, climb.reconsider)
  const current = (): NotifySettings | undefined => {
    const settings = keeper.current()
    return settings && withPushPlaces(settings, places.all())
  }
  const people = (): readonly Person[] => keeper.current()?.people ?? []
  const deliver = makeDeliver({
    queue,
    settings: () => withAssignees(current(), assignees()),
    sends: { ...SENDS, push: makeSendPush(keys, places.remove) },
    makeMessage: makeMakeMessage(confirmations.tokenOf),
    metrics,
    clock,
    log,
  })
  const prune = makePrune(db, tenant)
  for (const channel of queue.recover(clock.wallMs())) metrics.sent(channel, 'unknown')
  climb.reconsider()

  const work = makeWork({ settings: current, prune, occasions, climb, deliver, clock })
  const stop = lookEvery(NOTIFY_LIMITS.lookMs, work, log)
  return {
    confirmations,
    readings: makeNotifyReadings(db, tenant, { settings: keeper.current, drill, clock }),
    drill,
    lastDigestMs: (nowMs) => {
      const { zone = LONDON, digest = USUAL_DIGEST } = keeper.current() ?? {}
      return lastOccasion(zone, digest, nowMs).atMs
    },
    pushKey: keys.publicKey,
    consoleUrl: () => keeper.current()?.consoleUrl,
    people,
    assigned: makeTellAssigned(current, notices),
    personsOf: (role) =>
      people()
        .filter(({ roles }) => roles.includes(role))
        .map(({ id }) => id),
    subscribed: places.all,
    subscribe: (place) => {
      const failed = places.add(place)
      // Whoever could not be reached may be reached now.
      if (failed === undefined) climb.reconsider()
      return failed
    },
    unsubscribe: places.remove,
    close: async () => {
      stop()
      keeper.close()
      await deliver.close()
    },
  }
}

/** What is done at each look. */
function makeWork(parts: {
  readonly settings: () => NotifySettings | undefined
  readonly prune: (beforeMs: number) => void
  readonly occasions: Occasions
  readonly climb: Climb
  readonly deliver: Pick<Deliver, 'look'>
  readonly clock: Clock
}): () => void {
  const { settings: current, prune, occasions, climb, deliver, clock } = parts
  let prunedAtMs = -Infinity
  return () => {
    const settings = current()
    const nowMs = clock.wallMs()
    if (clock.monotonicMs() - prunedAtMs >= NOTIFY_LIMITS.pruneEveryMs) {
      prune(nowMs - NOTIFY_LIMITS.keptMs)
      prunedAtMs = clock.monotonicMs()
    }
    if (!settings) return
    occasions.look(settings, nowMs)
    climb.climb(settings, nowMs)
    deliver.look()
  }
}

/** A store that fails is told once, until it works again; the next look tries anew. */
function lookEvery(everyMs: number, work: () => void, log: Log): () => void {
  let isFailing = false
  const look = (): void => {
    try {
      work()
      isFailing = false
    } catch (error) {
      if (!isFailing) log.error({ err: error }, 'people cannot be told for now')
      isFailing = true
    }
  }
  const timer = setInterval(look, everyMs)
  timer.unref()
  look()
  return () => clearInterval(timer)
}
