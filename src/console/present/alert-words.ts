import { alertFacts } from '../words/alert-facts.ts'
import { common } from '../words/common.ts'

const STATES: ReadonlyMap<string, string> = new Map(Object.entries(alertFacts.states))

/** What people call a state of an alert. */
export function stateWords(state: string): string {
  return STATES.get(state) ?? common.notKnown
}

/** The same with a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
