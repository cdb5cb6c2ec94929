/** What people call the states of an alert. */
const STATES: ReadonlyMap<string, string> = new Map([
  ['new', 'New'],
  ['acknowledged', 'Acknowledged'],
  ['in-review', 'In review'],
  ['actioned', 'Acted on'],
  ['closed', 'Closed'],
])

export function stateWords(state: string): string {
  return STATES.get(state) ?? 'Not known'
}

/** The same with a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
