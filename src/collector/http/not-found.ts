import type { Fault } from './send-page.ts'

/** Nothing stands at an address. */
export const NOT_FOUND: Fault = {
  status: 404,
  title: 'Page not found',
  text: 'There is nothing at this address. It may have been mistyped, or what stood here is gone.',
}
