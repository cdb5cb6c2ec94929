import { z } from 'zod'
import type { AlertCommand, CommandKind } from '../alerts/alert-command.ts'
import { isDecision } from '../alerts/decision.ts'
import { TRANSITIONS } from '../alerts/transitions.ts'

/** What a form about an alert may hold; anything else in it is as if it were not there. Hostile text. */
export interface AlertForm {
  readonly decision: string
  readonly reason: string
  readonly action: string
  readonly outcome: string
  readonly caseReference: string
  readonly to: string
  readonly what: string
  readonly why: string
  readonly text: string
  readonly into: string
  readonly events: readonly string[]
}

const text = z.string().catch('')
const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]).catch([])
const form: z.ZodType<AlertForm> = z.object({
  decision: text,
  reason: text,
  action: text,
  outcome: text,
  caseReference: text,
  to: text,
  what: text,
  why: text,
  text,
  into: text,
  events: texts,
})

/** Reads a form's fields; never fails. */
export function readAlertForm(body: unknown): AlertForm {
  const known = form.safeParse(body)
  return known.success ? known.data : form.parse({})
}

/** All commands, by the last part of their form's address. */
export const COMMAND_KINDS: readonly CommandKind[] = Object.keys(TRANSITIONS).filter(isCommandKind)

function isCommandKind(name: string): name is CommandKind {
  return name in TRANSITIONS
}

/** What a form asks for; undefined for a decision that is none. */
export function commandOf(kind: CommandKind, given: AlertForm): AlertCommand | undefined {
  const { decision, reason, action, outcome, caseReference, to, what, why, into, events } = given
  switch (kind) {
    case 'acknowledge':
    case 'review':
    case 'information-came':
      return { kind }
    case 'decide':
      return isDecision(decision) ? { kind, decision, reason } : undefined
    case 'act':
      return { kind, action }
    case 'close':
      return {
        kind,
        decision: isDecision(decision) ? decision : undefined,
        reason,
        action,
        outcome,
        caseReference,
      }
    case 'assign':
      return { kind, to }
    case 'await-information':
      return { kind, what }
    case 'escalate':
      return { kind, to, why }
    case 'reopen':
    case 'hold':
    case 'release-hold':
      return { kind, why }
    case 'note':
      return { kind, text: given.text }
    case 'merge':
      return { kind, into, why }
    case 'split':
      return { kind, events, why }
    default:
      return kind satisfies never
  }
}
