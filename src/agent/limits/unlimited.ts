import type { PipelineParts } from '../pipeline.ts'

/** For questions that nobody asked: they are few, and bounded where they come from. */
export const UNLIMITED: Pick<PipelineParts, 'cookies' | 'rates' | 'waiting' | 'zones'> = {
  cookies: { mode: 'off', secretOf: () => new Uint8Array() },
  rates: { take: () => 'within' },
  waiting: { hasRoom: () => true, enter: () => undefined, leave: () => undefined },
  zones: { depart: () => 0, land: () => undefined },
}
