import { isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { localText } from '#rules/local-time.ts'
import type { RequestBook } from '../requests/request-book.ts'
import { LIST_CHARS_MAX } from '../requests/request-file.ts'
import type { UnblockRequest } from '../requests/unblock-request.ts'
import type { Visit } from './ask-agent.ts'
import { clientKey } from './client-key.ts'
import { type Looked, type LookedBlock, type LookParts, lookAt, shownCategory } from './look-at.ts'
import type { AskedBefore, AskedFor, AskOutcome, PageFacts } from './page-facts.ts'

export interface DeskParts extends LookParts {
  readonly book: RequestBook
  readonly clock: Clock
  /** Keyed hash of a client. */
  readonly hashClient: (client: string) => string
}

/** The agent's side of the block page: what a visitor may know, and what becomes of a request. */
export interface PageDesk {
  readonly look: (visit: Visit) => Promise<PageFacts>
  readonly ask: (visit: Visit, form: AskedFor) => Promise<AskOutcome>
}

/** Makes the desk. What it answers holds no more than the page may show. */
export function makePageDesk(parts: DeskParts): PageDesk {
  const { book } = parts
  const askerOf = ({ address }: Visit): string => parts.hashClient(clientKey(address))
  const factsFor = (looked: Looked, visit: Visit): PageFacts =>
    looked.kind === 'blocked'
      ? blockedFacts(looked, book.find(askerOf(visit), looked.name), parts)
      : withoutGroup(looked)
  return {
    look: async (visit) => factsFor(await lookAt(visit, parts), visit),
    ask: async (visit, form) => {
      const looked = await lookAt(visit, parts)
      if (looked.kind !== 'blocked' || !isAskable(parts))
        return { kind: 'not-possible', facts: factsFor(looked, visit) }
      const { group, name, category, audience } = looked
      const list = looked.list?.slice(0, LIST_CHARS_MAX)
      const said = audience === 'staff' ? form : { why: form.why }
      const asked = { client: askerOf(visit), group, name, category, list, ...said }
      const taken = await book.add(asked)
      return { kind: outcomeOf(taken), facts: factsFor(looked, visit) }
    },
  }
}

function outcomeOf(taken: Awaited<ReturnType<RequestBook['add']>>): AskOutcome['kind'] {
  if (isFailure(taken)) return taken.failure === 'refused' ? 'full' : 'not-kept'
  return taken.isNew ? 'taken' : 'taken-before'
}

function isAskable({ config }: DeskParts): boolean {
  return config().block.page?.requests === true
}

function withoutGroup(looked: Exclude<Looked, LookedBlock>): PageFacts {
  switch (looked.kind) {
    case 'stranger':
    case 'locked':
      return { kind: looked.kind }
    case 'no-name':
    case 'care':
      return { kind: looked.kind, audience: looked.audience }
    case 'open':
    case 'unreachable':
      return { kind: looked.kind, audience: looked.audience, name: looked.name }
    default:
      return looked satisfies never
  }
}

function blockedFacts(
  looked: LookedBlock,
  request: UnblockRequest | undefined,
  parts: DeskParts,
): PageFacts {
  const { audience, name, family, list } = looked
  const { zone } = parts.config().timetable
  const category = shownCategory(looked)
  return {
    kind: 'blocked',
    audience,
    name,
    family,
    ...(category === undefined ? {} : { category }),
    ...(list === undefined || audience !== 'staff' ? {} : { list }),
    at: localText(zone, parts.clock.wallMs()),
    canAsk: isAskable(parts),
    ...(request ? { asked: askedBefore(request, (ms) => localText(zone, ms)) } : {}),
  }
}

function askedBefore(
  { reference, firstAt, closed }: UnblockRequest,
  text: (ms: number) => string,
): AskedBefore {
  const at = text(firstAt)
  return closed ? { reference, at, answer: closed.answer } : { reference, at }
}
