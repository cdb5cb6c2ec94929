import { minuteText } from '#rules/calendar.ts'
import { localText, localTimeAt } from '#rules/local-time.ts'
import type { TracedRule } from '#rules/rule-index.ts'
import { stepInForce } from '#rules/timed-policy.ts'
import { freezeAt, partAt } from '#rules/timetable.ts'
import { NO_LIST, type Verdict } from '#rules/verdict.ts'
import type { ConsoleRule } from './console-rules/console-rule.ts'
import type { ReadyConfig, SchoolRule } from './policy/ready-config.ts'
import { type Release, targetText } from './releases/release.ts'

/** When a question is asked, and what is known of that time. */
export interface AskedTime {
  readonly config: ReadyConfig
  readonly releases: readonly Release[]
  readonly consoleRules: readonly ConsoleRule[]
  readonly wallMs: number
}

/** `2026-03-02 10:05 Europe/London, lesson P2`. */
export function sayTime({ timetable }: ReadyConfig, wallMs: number): string {
  const { zone } = timetable
  const part = partAt(timetable, localTimeAt(zone, wallMs))
  const during = part ? `${part.kind} ${part.name}` : 'no lesson'
  return `${localText(zone, wallMs)} ${zone.name}, ${during}`
}

/** Who decided, why and until when; empty where the verdict speaks for itself. For people. */
export function sayDecider(
  verdict: Verdict,
  { name, traced }: { readonly name: string; readonly traced: readonly TracedRule[] },
  group: string,
  asked: AskedTime,
): string {
  const { reason } = verdict
  if (reason === 'school-allow' || reason === 'school-deny')
    return verdict.list === NO_LIST
      ? sayConsoleRule(verdict, name, group, asked)
      : saySchoolRule(verdict, traced, asked)
  if (reason === 'teacher-release') return sayRelease(verdict, name, group, asked)
  if (reason !== 'category' && reason !== 'uncategorised' && reason !== 'default') return ''
  return saySchedule(verdict, group, asked)
}

function saySchoolRule(
  { reason, entry }: Verdict,
  traced: readonly TracedRule[],
  { config }: AskedTime,
): string {
  const rules = reason === 'school-allow' ? config.schoolAllow : config.schoolDeny
  // The most specific name of the entry is traced last.
  const found = traced.findLast((one) => one.entry.id === entry)
  const { effect } = found?.entry ?? {}
  const rule = rules.find(
    ({ name, groups, until }) =>
      name === found?.rule &&
      effect !== undefined &&
      'groups' in effect &&
      JSON.stringify([groups, until]) === JSON.stringify([effect.groups, effect.until]),
  )
  return rule ? `; the school says so of ${rule.name}: ${describe(rule, config)}` : ''
}

/** Rules of the console that say something of a name to a group, the one on the nearest name first. */
export function consoleRulesOn(
  name: string,
  group: string,
  { consoleRules, wallMs }: AskedTime,
): readonly ConsoleRule[] {
  return consoleRules
    .filter(({ groups, until = Infinity, name: parent }) => {
      const isOurs = groups === 'all' || groups.includes(group)
      return isOurs && until > wallMs && isUnder(name, parent)
    })
    .toSorted((a, b) => b.name.length - a.name.length)
}

function sayConsoleRule(
  { reason }: Verdict,
  name: string,
  group: string,
  asked: AskedTime,
): string {
  const action = reason === 'school-allow' ? 'allow' : 'deny'
  const rule = consoleRulesOn(name, group, asked).find((one) => one.action === action)
  if (!rule) return ''
  const said = describe({ ...rule, author: rule.who }, asked.config)
  return `; the console says so of ${rule.name}: ${said}`
}

function describe(
  { reason, author, until }: Pick<SchoolRule, 'reason' | 'author' | 'until'>,
  { timetable }: ReadyConfig,
): string {
  const by = author === '' ? '' : `, by ${author}`
  const expiry =
    until === undefined ? 'does not expire' : `until ${localText(timetable.zone, until)}`
  return `"${reason}"${by}, ${expiry}`
}

function sayRelease(
  { category }: Verdict,
  name: string,
  group: string,
  { config, releases }: AskedTime,
): string {
  const release = releases.find((one) => {
    if (one.group !== group) return false
    if (one.target.kind === 'category') return one.target.category === category
    return category === undefined && isUnder(name, one.target.name)
  })
  if (!release) return ''
  const { who, reason, endsAt, target } = release
  const until = localText(config.timetable.zone, endsAt)
  return `; ${targetText(target)} is released by ${who} until ${until}: "${reason}"`
}

function saySchedule({ category }: Verdict, group: string, { config, wallMs }: AskedTime): string {
  const { timetable, groups } = config
  const time = localTimeAt(timetable.zone, wallMs)
  const timed = groups.get(group)?.timed.find((one) => one.category === category)
  if (!timed) return ''
  const exam = freezeAt(timetable, time, group)
  if (exam) return `; frozen by ${exam.name} until ${minuteText(exam.toMinute)}`
  const step = stepInForce(timed, group, timetable, time)
  const names = timed.steps.map(({ schedule }) => schedule.name)
  return step
    ? `; it goes by the clock, and schedule ${step.schedule.name} is in force`
    : `; it goes by the clock, and outside of ${names.join(', ')} it is so`
}

function isUnder(name: string, parent: string): boolean {
  return name === parent || name.endsWith(`.${parent}`)
}
