import type { ConsoleRulesTold, PolicyPoll } from '#domain/console-rules.ts'
import type { EventBody } from '#domain/event.ts'
import type { Failure } from '#domain/failure.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import { checkRules } from './check-rules.ts'
import type { ConsoleRules } from './console-rule.ts'
import type { RulesFile } from './rules-file.ts'
import type { TimetableOfConsole } from './timetable-of-console.ts'

export interface RulesTakerParts {
  readonly file: RulesFile
  readonly keeper: PolicyKeeper
  readonly timetable: TimetableOfConsole
  /** Reads the configuration again, and puts it in force. */
  readonly reload: () => void
  readonly tell: (body: EventBody) => void
}

/** Puts a version of the console's rules in force, the whole of it or nothing, and knows which is. */
export class RulesTaker {
  readonly #parts: RulesTakerParts
  inForce: ConsoleRules | undefined
  refused: PolicyPoll['refused']

  constructor(parts: RulesTakerParts) {
    this.#parts = parts
    this.inForce = parts.file.kept
  }

  /** Durable before it is in force. The failure is the disk's: it may be tried again. */
  async take({
    id,
    version,
    rules: told,
    timetable: wanted,
  }: ConsoleRulesTold): Promise<Failure<'store-unavailable'> | undefined> {
    const { file, keeper, timetable, reload, tell } = this.#parts
    const { rules, problems: ofRules } = checkRules(told, keeper)
    const problems = [...ofRules, ...timetable.check(wanted)]
    if (problems.length > 0) {
      this.refused = { id, problems }
      tell({ kind: 'policy-refused', problems })
      return undefined
    }
    const taken = { id, version, rules, ...(wanted && { timetable: wanted }) }
    const fault = await file.keep(taken)
    if (fault) return fault
    keeper.useConsoleRules(rules)
    if (!timetable.isSame(wanted)) {
      timetable.use(wanted)
      reload()
    }
    this.inForce = taken
    this.refused = undefined
    tell({ kind: 'policy-applied', policy: `console version ${version}` })
    return undefined
  }
}
