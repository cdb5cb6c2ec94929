/** What a browser does by itself where a page could not be had. */
import type { Site } from '../names/site.ts'
import { type Asker, askAddresses } from './ask.ts'

/** Chromium loads an error page again after these times, each from the one before, as long as it is looked at (net_error_auto_reloader.cc). */
const RELOADS_AFTER_MS = [1_000, 5_000, 30_000, 60_000, 300_000] as const
/** How often the tab is still open and looked at for one more. Our assumption. */
const STILL_OPEN = 0.6

/** Adds the reloads of an error page that opened at `atMs`. */
export function addReloads(asker: Asker, { name, category }: Site, atMs: number): void {
  let dueMs = atMs
  for (const delayMs of RELOADS_AFTER_MS) {
    dueMs += delayMs + asker.dice.int(40)
    if (!asker.dice.chance(STILL_OPEN)) return
    askAddresses(asker, name, category, dueMs, 'reload')
  }
}
