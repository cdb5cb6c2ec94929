/**
 * The newest snapshot of each box's devices: parts of a new one are kept apart until none is missing, and then replace the old in one
 * transaction. When a device was first seen is remembered beside, because a box forgets it when it starts.
 */
import { BYPASS_GRADES } from '#domain/bypass-event.ts'
import {
  DEVICE_DAYS_MAX,
  DEVICES_MAX,
  type DeviceReport,
  type DeviceRow,
  knownBand,
} from '#domain/device-report.ts'
import { failure, isFailure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { DeviceStore, Owner } from './collector-store.ts'
import { inTransaction } from './in-transaction.ts'

const DAY_MS = 86_400_000
/** Devices of one box whose first day is remembered; made-up addresses come and go. */
const SEEN_MAX = 5 * DEVICES_MAX
/** After every name: those without one come last. */
const NAMELESS = '\u{10FFFF}'

type Taken = Awaited<ReturnType<DeviceStore['takeDevices']>>
type SeriesKey = [tenant: string, appliance: string, series: string]

interface SeriesRow {
  readonly nextPart: number
  readonly isWhole: number
}

/** Prepares the statements once. */
export function makeTakeDevices(db: Sqlite): Pick<DeviceStore, 'takeDevices' | 'dropUnseen'> {
  const series = makeSeriesTable(db)
  const devices = makeDeviceTable(db)
  const take = (owner: Owner, report: DeviceReport, receivedAt: number): Taken => {
    const key: SeriesKey = [owner.tenant, owner.appliance, report.series]
    const before = series.read(key)
    if (before === undefined ? report.part !== 0 : report.part !== before.nextPart)
      return 'out-of-step'
    if (before === undefined) series.begin(key)
    const isWhole = before?.isWhole === 1 || report.isWhole
    series.advance(key, report, { isWhole, receivedAt })
    for (const id of report.gone) devices.drop(key, id)
    const oldest = receivedAt - DEVICE_DAYS_MAX * DAY_MS
    for (const device of report.devices)
      if (device.lastSeenAt >= oldest) devices.keep(key, device, receivedAt)
    if (devices.count(key) > DEVICES_MAX) return 'too-many'
    if (isWhole && before?.isWhole !== 1) series.replaceOthers(key)
    devices.trimSeen(owner)
    return isWhole ? 'shown' : 'kept'
  }
  return {
    takeDevices: async (owner, report, receivedAt) => {
      let outcome: Taken = 'kept'
      const undone = inTransaction(db, () => {
        outcome = take(owner, report, receivedAt)
        return outcome === 'too-many' ? failure('too-many', '') : undefined
      })
      return isFailure(undone) ? 'too-many' : outcome
    },
    dropUnseen: async (beforeMs) =>
      inTransaction(db, () => {
        series.dropBefore(beforeMs)
        return devices.dropBefore(beforeMs)
      }),
  }
}

function makeSeriesTable(db: Sqlite) {
  const read = db.prepare<SeriesKey, SeriesRow>(
    `SELECT next_part AS nextPart, is_whole AS isWhole FROM device_series
     WHERE tenant_id = ? AND appliance = ? AND series = ?`,
  )
  const insert = db.prepare<SeriesKey>(
    `INSERT INTO device_series VALUES (?, ?, ?, 0, 0, 0, 0, '{"networks":[],"sources":[]}')`,
  )
  const update = db.prepare<[number, number, number, number, string | null, ...SeriesKey]>(
    `UPDATE device_series SET next_part = ?, is_whole = ?, reported_at = ?, received_at = ?, networks = coalesce(?, networks)
     WHERE tenant_id = ? AND appliance = ? AND series = ?`,
  )
  const dropOther = ['device', 'device_series'].map((table) =>
    db.prepare<SeriesKey>(
      `DELETE FROM ${table} WHERE tenant_id = ? AND appliance = ? AND series <> ?`,
    ),
  )
  const dropUnfinished = ['device', 'device_series'].map((table) =>
    db.prepare<[string, string, string, string]>(
      `DELETE FROM ${table} WHERE tenant_id = ? AND appliance = ? AND series IN
         (SELECT series FROM device_series WHERE tenant_id = ? AND appliance = ? AND is_whole = 0)`,
    ),
  )
  const dropOld = db.prepare<[number]>('DELETE FROM device_series WHERE received_at < ?')
  return {
    read: (key: SeriesKey): SeriesRow | undefined => read.get(...key),
    /** What another series has left unfinished is given up. */
    begin: (key: SeriesKey): void => {
      const [tenant, appliance] = key
      for (const statement of dropUnfinished) statement.run(tenant, appliance, tenant, appliance)
      insert.run(...key)
    },
    advance: (
      key: SeriesKey,
      { part, at, networks }: DeviceReport,
      { isWhole, receivedAt }: { readonly isWhole: boolean; readonly receivedAt: number },
    ): void => {
      const text = networks === undefined ? null : JSON.stringify(networks)
      update.run(part + 1, isWhole ? 1 : 0, at, receivedAt, text, ...key)
    },
    replaceOthers: (key: SeriesKey): void => {
      for (const statement of dropOther) statement.run(...key)
    },
    dropBefore: (beforeMs: number): void => {
      dropOld.run(beforeMs)
    },
  }
}

type DeviceInsert = [
  ...SeriesKey,
  id: string,
  sortName: string,
  search: string,
  network: string | null,
  group: string,
  band: string,
  isRandom: number,
  goesRound: number,
  firstSeenAt: number,
  lastSeenAt: number,
  facts: string,
]

function makeDeviceTable(db: Sqlite) {
  const keepSeen = db.prepare<[string, string, string, number, number], { first: number }>(
    `INSERT INTO device_seen VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant_id, appliance, id) DO UPDATE SET
       first_seen_at = min(first_seen_at, excluded.first_seen_at), last_seen_at = max(last_seen_at, excluded.last_seen_at)
     RETURNING first_seen_at AS first`,
  )
  const keep = db.prepare<DeviceInsert>(
    'INSERT OR REPLACE INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const drop = db.prepare<[...SeriesKey, string]>(
    'DELETE FROM device WHERE tenant_id = ? AND appliance = ? AND series = ? AND id = ?',
  )
  const count = db.prepare<SeriesKey, { total: number }>(
    'SELECT count(*) AS total FROM device WHERE tenant_id = ? AND appliance = ? AND series = ?',
  )
  const trimSeen = db.prepare<[string, string, string, string]>(
    `DELETE FROM device_seen WHERE tenant_id = ? AND appliance = ? AND id IN
       (SELECT id FROM device_seen WHERE tenant_id = ? AND appliance = ? ORDER BY last_seen_at DESC LIMIT -1 OFFSET ${SEEN_MAX})`,
  )
  const countSeen = db.prepare<[string, string], { total: number }>(
    'SELECT count(*) AS total FROM device_seen WHERE tenant_id = ? AND appliance = ?',
  )
  const dropOld = db.prepare<[number]>('DELETE FROM device WHERE last_seen_at < ?')
  const dropOldSeen = db.prepare<[number]>('DELETE FROM device_seen WHERE last_seen_at < ?')
  return {
    /** A box whose clock is ahead must not keep a device here for longer than others may. */
    keep: (key: SeriesKey, device: DeviceRow, receivedAt: number): void => {
      const [tenant, appliance] = key
      const { id } = device
      const firstSeenAt = Math.min(device.firstSeenAt, receivedAt)
      const lastSeenAt = Math.min(device.lastSeenAt, receivedAt)
      const seen = keepSeen.get(tenant, appliance, id, firstSeenAt, lastSeenAt)
      const times = { firstSeenAt: seen?.first ?? firstSeenAt, lastSeenAt }
      keep.run(...insertOf(key, { ...device, ...times }))
    },
    drop: (key: SeriesKey, id: string): void => {
      drop.run(...key, id)
    },
    count: (key: SeriesKey): number => count.get(...key)?.total ?? 0,
    trimSeen: ({ tenant, appliance }: Owner): void => {
      if ((countSeen.get(tenant, appliance)?.total ?? 0) > SEEN_MAX)
        trimSeen.run(tenant, appliance, tenant, appliance)
    },
    dropBefore: (beforeMs: number): number => {
      dropOldSeen.run(beforeMs)
      return dropOld.run(beforeMs).changes
    },
  }
}

function insertOf(key: SeriesKey, device: DeviceRow): DeviceInsert {
  const { id, name, user, vendor, addresses, bypass } = device
  const title = name?.value ?? user?.value
  const search = [id, name?.value, user?.value, vendor, ...addresses]
  return [
    ...key,
    id,
    title === undefined ? NAMELESS : title.toLowerCase(),
    search
      .filter((text) => text !== undefined)
      .join('\n')
      .toLowerCase(),
    device.network ?? null,
    device.group.value,
    knownBand(device),
    device.isRandomMac ? 1 : 0,
    bypass === undefined ? 0 : BYPASS_GRADES.indexOf(bypass.grade) + 1,
    device.firstSeenAt,
    device.lastSeenAt,
    JSON.stringify(device),
  ]
}
