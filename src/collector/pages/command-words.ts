import { alertForms } from '#console/words/alert-forms.ts'
import type { Change } from '../alerts/alert-history.ts'
import type { Decision } from '../alerts/decision.ts'

/** What a person may find, as a form offers it and a page says it. */
export const DECISION_WORDS: Readonly<Record<Decision, string>> = alertForms.decisions

/** What was done, as the history says it. */
export const CHANGE_WORDS: Readonly<Record<Change, string>> = alertForms.changes
