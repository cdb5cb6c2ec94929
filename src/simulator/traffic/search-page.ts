/** A page of search results, and what the browser looks up because a link on it might be followed. */
import type { Site } from '../names/site.ts'
import type { Asker } from './ask.ts'
import { askAddresses } from './ask.ts'

const PREFETCH_WITHIN_MS = 400

/** Looks up each site that a page at `atMs` shows, A and AAAA alone: nothing is fetched from it. */
export function prefetch(asker: Asker, sites: readonly Site[], atMs: number): void {
  for (const { name, category } of sites)
    askAddresses(asker, name, category, atMs + asker.dice.int(PREFETCH_WITHIN_MS), 'prefetch')
}
