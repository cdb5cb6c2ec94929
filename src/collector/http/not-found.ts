import { fault } from '#console/words/fault.ts'
import type { Fault } from './send-page.ts'

/** Nothing stands at an address. */
export const NOT_FOUND: Fault = { status: 404, ...fault.notFound }

/** An alert that there is not, or that is for others: the answer to both is the same. */
export const ALERT_NOT_SHOWN: Fault = { status: 404, ...fault.alertNotShown }
