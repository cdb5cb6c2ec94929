import { z } from 'zod'
import { NEW_MS } from '#console/present/device-item.ts'
import { BANDS } from '#console/present/device-words.ts'
import { parseMac } from '#domain/mac-address.ts'
import type { DeviceFilter } from '../store/collector-store.ts'

/** What a list of devices can be narrowed to, beside the fields. */
export const ONLY = ['new', 'unknown', 'random', 'round'] as const
export type Only = (typeof ONLY)[number]

/** The filters as they stand in the address. Anything that is not understood is as if it were not there. */
export interface DevicesQuery {
  readonly box: string
  readonly text: string
  readonly network: string
  readonly group: string
  readonly band: string
  readonly only: readonly Only[]
  /** From 1 on. */
  readonly page: number
}

const PAGES_MAX = 1000
const word = z.string().max(100).catch('')
const schema = z.object({
  box: z.string().max(64).catch(''),
  text: z
    .string()
    .transform((text) => text.trim().slice(0, 100))
    .catch(''),
  network: word,
  group: word,
  band: z.enum(['', ...BANDS]).catch(''),
  only: z
    .union([z.string().transform((one) => [one]), z.array(z.string())])
    .transform((found) => ONLY.filter((one) => found.includes(one)))
    .catch([]),
  page: z.coerce.number().int().min(1).max(PAGES_MAX).catch(1),
})

/** Reads a query string's values; never fails. */
export function readDevicesQuery(query: unknown): DevicesQuery {
  return schema.parse(query ?? {})
}

/** What the store is asked. A whole hardware address is found however it is written. */
export function deviceFilterOf(query: DevicesQuery, nowMs: number): DeviceFilter {
  const { text, network, group, only } = query
  const band = only.includes('unknown') ? 'none' : BANDS.find((one) => one === query.band)
  return {
    ...(text === '' ? {} : { text: parseMac(text) ?? text.toLowerCase() }),
    ...(network === '' ? {} : { network }),
    ...(group === '' ? {} : { group }),
    ...(band === undefined ? {} : { band }),
    ...(only.includes('new') ? { firstSeenFromMs: nowMs - NEW_MS } : {}),
    ...(only.includes('random') ? { isRandom: true } : {}),
    ...(only.includes('round') ? { goesRound: true } : {}),
  }
}

/** The address of the list with some of the filters changed; another page only where it is asked for. */
export function devicesHref(
  query: DevicesQuery,
  change: Partial<DevicesQuery> & { readonly fragment?: 'rows' } = {},
  path = '/devices',
): string {
  const { fragment, ...changed } = change
  const { only, page, ...fields } = { ...query, page: 1, ...changed }
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (value !== '') params.set(name, value)
  for (const one of only) params.append('only', one)
  if (page > 1) params.set('page', String(page))
  if (fragment !== undefined) params.set('fragment', fragment)
  const text = params.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Whether any filter is in force; which box is no filter. */
export function isNarrowed({ text, network, group, band, only }: DevicesQuery): boolean {
  return [text, network, group, band].some((value) => value !== '') || only.length > 0
}

/** No filter: all devices of a box. */
export function allOf(box: string): DevicesQuery {
  return { box, text: '', network: '', group: '', band: '', only: [], page: 1 }
}
