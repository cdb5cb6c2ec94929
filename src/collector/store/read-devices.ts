import type { DeviceRow, NetworksTold } from '#domain/device-report.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type {
  DeviceCounts,
  DeviceFilter,
  DevicePage,
  DeviceStore,
  Owner,
} from './collector-store.ts'

type Reads = Omit<DeviceStore, 'takeDevices' | 'dropUnseen'>

/** Of a box's whole snapshot. */
const SHOWN = `tenant_id = @tenant AND appliance = @appliance AND series =
  (SELECT series FROM device_series WHERE tenant_id = @tenant AND appliance = @appliance AND is_whole = 1)`

/** The reading half of the device store. Statements are prepared once, but for the list, whose filter varies. */
export function makeReadDevices(db: Sqlite): Reads {
  const one = db.prepare<[Owner & { readonly id: string }], { facts: string }>(
    `SELECT facts FROM device WHERE ${SHOWN} AND id = @id`,
  )
  const counts = db.prepare<[Owner & { readonly freshFromMs: number }], DeviceCounts>(
    `SELECT count(*) AS devices, coalesce(sum(first_seen_at >= @freshFromMs), 0) AS fresh,
       coalesce(sum(band IN ('certain', 'strong')), 0) AS strong, coalesce(sum(band = 'none'), 0) AS unknown,
       coalesce(sum(is_random), 0) AS random, coalesce(sum(goes_round > 0), 0) AS goesRound
     FROM device WHERE ${SHOWN}`,
  )
  const groups = db.prepare<[Owner & { readonly limit: number }], { name: string }>(
    `SELECT DISTINCT group_name AS name FROM device WHERE ${SHOWN} ORDER BY name LIMIT @limit`,
  )
  const byNetwork = db.prepare<[Owner], { network: string | null; total: number }>(
    `SELECT network, count(*) AS total FROM device WHERE ${SHOWN} GROUP BY network`,
  )
  const series = db.prepare<[Owner], { networks: string; reportedAt: number }>(
    `SELECT networks, reported_at AS reportedAt FROM device_series
     WHERE tenant_id = @tenant AND appliance = @appliance AND is_whole = 1`,
  )
  const boxes = db.prepare<[string], { appliance: string }>(
    'SELECT DISTINCT appliance FROM device_series WHERE tenant_id = ? AND is_whole = 1',
  )
  return {
    listDevices: async (owner, filter, page) => listDevices(db, { owner, filter, page }),
    device: async (owner, id) => {
      const row = one.get({ ...owner, id })
      return row && readRow(row)
    },
    deviceCounts: async (owner, freshFromMs) => counts.get({ ...owner, freshFromMs }) ?? NO_DEVICES,
    deviceGroups: async (owner, limit) => groups.all({ ...owner, limit }).map(({ name }) => name),
    networksOf: async (owner) => {
      const row = series.get(owner)
      if (row === undefined) return undefined
      const told: NetworksTold = JSON.parse(row.networks)
      const devices = byNetwork
        .all(owner)
        .map(({ network, total }): [string, number] => [network ?? '', total])
      return { told, reportedAt: row.reportedAt, devices: new Map(devices) }
    },
    boxesWithDevices: async (tenant) =>
      new Set(boxes.all(tenant).map(({ appliance }) => appliance)),
  }
}

const NO_DEVICES: DeviceCounts = {
  devices: 0,
  fresh: 0,
  strong: 0,
  unknown: 0,
  random: 0,
  goesRound: 0,
}

interface ListAsked {
  readonly owner: Owner
  readonly filter: DeviceFilter
  readonly page: { readonly limit: number; readonly offset: number }
}

const CONDITIONS = [
  ['text', 'instr(search, @text) > 0'],
  ['network', 'network = @network'],
  ['group', 'group_name = @group'],
  ['band', 'band = @band'],
  ['firstSeenFromMs', 'first_seen_at >= @firstSeenFromMs'],
  ['isRandom', 'is_random = 1'],
  ['goesRound', 'goes_round > 0'],
] as const

function listDevices(db: Sqlite, { owner, filter, page }: ListAsked): DevicePage {
  const asked = CONDITIONS.filter(([field]) => filter[field] !== undefined)
  const where = [SHOWN, ...asked.map(([, condition]) => condition)].join(' AND ')
  const { isRandom: _random, goesRound: _round, ...bound } = filter
  const values = { ...owner, ...bound }
  const total = db
    .prepare<[object], { total: number }>(`SELECT count(*) AS total FROM device WHERE ${where}`)
    .get(values)
  const rows = db
    .prepare<[object], { facts: string }>(
      `SELECT facts FROM device WHERE ${where} ORDER BY sort_name, id LIMIT @limit OFFSET @offset`,
    )
    .all({ ...values, ...page })
  return { devices: rows.map(readRow), total: total?.total ?? 0 }
}

function readRow({ facts }: { readonly facts: string }): DeviceRow {
  const row: DeviceRow = JSON.parse(facts)
  return row
}
