import type { SetupItem, SetupState } from '#domain/setup-item.ts'
import { countOf } from '../words/count-of.ts'
import { fill } from '../words/fill.ts'
import { setup as words } from '../words/setup.ts'
import { capital } from './alert-words.ts'
import { plainText } from './plain-text.ts'
import type { Badge } from './severity-badge.ts'

interface SetupLine {
  readonly state: SetupState
  readonly badge: Badge
  readonly item: string
  readonly say: string
  readonly remedy: string
}

/** How a box is set up, in words. */
export interface SetupView {
  /** What is wrong first, then what is still to do, each in the order in which one would go about it. */
  readonly open: readonly SetupLine[]
  readonly done: readonly SetupLine[]
  readonly summary: string
}

/** How each state looks. */
export const SETUP_BADGES: Readonly<Record<SetupState, Badge>> = {
  wrong: { text: words.states.wrong, classes: 'edge-badge edge-badge--urgent' },
  'to-do': { text: words.states['to-do'], classes: 'edge-badge edge-badge--medium' },
  done: { text: words.states.done, classes: 'edge-badge edge-badge--low' },
}
const TEXT_MAX = 500

/** Puts what a box told of its setup into words. */
export function setupView(items: readonly SetupItem[]): SetupView {
  const of = (state: SetupState): readonly SetupLine[] =>
    items.filter((one) => one.state === state).map(lineOf)
  const wrong = of('wrong')
  const todo = of('to-do')
  return {
    open: [...wrong, ...todo],
    done: of('done'),
    summary: summaryOf(wrong.length, todo.length),
  }
}

function summaryOf(wrong: number, todo: number): string {
  if (wrong === 0 && todo === 0) return words.nothingLeft
  const said = { wrong: countOf(wrong, words.wrong), toDo: countOf(todo, words.toDo) }
  if (wrong > 0 && todo > 0) return fill(words.both, said)
  return fill(words.oneOfThem, { what: wrong > 0 ? said.wrong : said.toDo })
}

function lineOf({ item, state, say, remedy }: SetupItem): SetupLine {
  return {
    state,
    badge: SETUP_BADGES[state],
    item: sentence(item),
    say: sentence(say),
    remedy: remedy === '' ? '' : sentence(remedy),
  }
}

function sentence(text: string): string {
  return capital(plainText(text, TEXT_MAX))
}
