import type { z } from 'zod'
import { PAGE_LANGUAGES, type PageLanguage } from '../../block-page/wording/languages.ts'
import { type Complaint, type ConfigPath, complaint } from '../complaint.ts'
import { address, block, choice, flag, integer, listOf, text } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import { type Endpoint, endpointText } from './listen.ts'

export interface PageTlsSection {
  readonly listen: readonly Endpoint[]
  /** Files, relative to the configuration's folder. */
  readonly certificate: string
  readonly key: string
}

export interface BlockPageSection {
  readonly listen: readonly Endpoint[]
  readonly tls?: PageTlsSection | undefined
  readonly school?: string | undefined
  readonly contact?: string | undefined
  readonly requests?: boolean | undefined
  readonly language?: PageLanguage | undefined
}

// Port 0 lets the system choose: for trying out.
const endpoints = listOf(
  block({ address: address(), port: integer(0, 65_535) }),
  'addresses with ports',
  FILE_LIMITS.listeners,
)

/** `block.page`: the page that the answer `address` leads to, served by this box. */
export const blockPageSection: z.ZodType<BlockPageSection> = block({
  listen: endpoints,
  tls: block({
    listen: endpoints,
    certificate: text('a file', 300),
    key: text('a file', 300),
  }).optional(),
  school: text("the school's name", 100).optional(),
  contact: text('whom to ask', 300).optional(),
  requests: flag().optional(),
  language: choice(PAGE_LANGUAGES).optional(),
})

/** Endpoints that cannot all be opened. */
export function checkBlockPage({ listen, tls }: BlockPageSection): readonly Complaint[] {
  const places: readonly (readonly [ConfigPath, Endpoint])[] = [
    ...listen.map((one, i) => [['block', 'page', 'listen', i], one] as const),
    ...(tls?.listen ?? []).map((one, i) => [['block', 'page', 'tls', 'listen', i], one] as const),
  ]
  return places.flatMap(([path, endpoint], i) => {
    const twin = places.findIndex(([, other]) => endpointText(other) === endpointText(endpoint))
    if (twin === i || endpoint.port === 0) return []
    return [complaint(path, 'each listener once', 'http and https need a port each')]
  })
}
