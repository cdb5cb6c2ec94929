import type { AskedFor, AskOutcome, PageFacts } from './page-facts.ts'
import { PAGE_LIMITS } from './page-limits.ts'
import type { FromPage, ToPage } from './page-messages.ts'

/** Who asked for which page; hostile text. */
export interface Visit {
  readonly address: string
  readonly host: string
}

/** The page's side of its talk with the agent. Undefined means that the agent is too busy to say. */
export interface AskAgent {
  readonly look: (visit: Visit) => Promise<PageFacts | undefined>
  readonly ask: (visit: Visit, form: AskedFor) => Promise<AskOutcome | undefined>
  /** Takes what the agent answers. */
  readonly take: (message: ToPage) => void
}

type Answer = Extract<ToPage, { readonly number: number }>

/** Sends questions and waits for their answers; so many at once, and so long. Never rejects. */
export function makeAskAgent(send: (message: FromPage) => void): AskAgent {
  const waiting = new Map<number, (answer: Answer | undefined) => void>()
  let last = 0
  const exchange = (make: (number: number) => FromPage): Promise<Answer | undefined> => {
    if (waiting.size >= PAGE_LIMITS.waiting) return Promise.resolve(undefined)
    const number = ++last
    return new Promise((resolve) => {
      const finish = (answer: Answer | undefined): void => {
        clearTimeout(timer)
        waiting.delete(number)
        resolve(answer)
      }
      const timer = setTimeout(() => finish(undefined), PAGE_LIMITS.waitMs)
      waiting.set(number, finish)
      send(make(number))
    })
  }
  return {
    look: async (visit) => {
      const answer = await exchange((number) => ({ kind: 'look', number, ...visit }))
      return answer?.kind === 'facts' ? answer.facts : undefined
    },
    ask: async (visit, form) => {
      const answer = await exchange((number) => ({ kind: 'ask', number, ...visit, form }))
      return answer?.kind === 'outcome' ? answer.outcome : undefined
    },
    take: (message) => {
      if ('number' in message) waiting.get(message.number)?.(message)
    },
  }
}
