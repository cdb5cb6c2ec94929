import { fault } from '#console/words/fault.ts'
import type { Fault } from './send-page.ts'

/** Nothing stands at an address. */
export const NOT_FOUND: Fault = { status: 404, ...fault.notFound }
