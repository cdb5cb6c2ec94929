import type { FastifyReply } from 'fastify'
import { evidence as words } from '#console/words/evidence.ts'
import { isFailure } from '#domain/failure.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Pages } from '../pages/pages.ts'
import { type Fault, sendFault } from './send-page.ts'

/** What the id of a check or a decision looks like. */
export const EVIDENCE_KEY: RegExp = /^[A-Za-z0-9_-]{1,64}$/
export const BOOK_FULL: Fault = {
  status: 409,
  title: words.fullTitle,
  text: words.fullText,
}

/** Leads to the page of what was kept, below `path`; or says that nothing more can be. */
export function sendKept(
  reply: FastifyReply,
  pages: Pages,
  path: string,
  done: ReturnType<Evidence['book']['keep']>,
): FastifyReply {
  if (isFailure(done)) return sendFault(reply, pages, BOOK_FULL)
  return reply.redirect(`${path}/${done}`, 303)
}
