/** The tables of `docs/safeguarding.md`, made from the data that scores. */

import { INTENT_REASONS, type IntentReason, MOMENTS, type Moment } from '#domain/signal.ts'
import { CATEGORIES } from '#rules/categories.ts'
import { THEMES, themeTitle } from '#rules/themes.ts'
import { SEVERITIES, SEVERITY_CLOCKS } from '#safeguarding/severity.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import type { Band } from '#safeguarding/weights.ts'

const { points, intent, moment, identity, bands, ceilings, rules, staffThemes } = SHIPPED_WEIGHTS

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const INTENT_TEXTS: Readonly<Record<IntentReason, string>> = {
  anchor: 'an allowed site was opened as a page: it then asked for its own pictures and scripts',
  retried:
    'a blocked name was tried again by hand: 10 to 120 seconds later, or twice from 5 seconds on, not by the clock nor as browsers load again; or with and without www',
  lone: 'one lookup; nothing tells',
  reloaded: 'the browser loaded its error page again by itself: counts as the first lookup did',
  embedded:
    'it came within two seconds of another page, of what is advertised within five, or comes with many sites at this school',
  background:
    'a program asks for it by the clock, or an error page is left open and loads itself again and again',
}

const MOMENT_TEXTS: Readonly<Record<Moment, string>> = {
  lesson: 'in a lesson',
  break: 'in a break',
  'school-day': 'before, between and after lessons',
  evening: 'in the evening of a school day, from 18:00',
  night: 'at night, 21:00 to 06:00',
  closed: 'on a day without school',
  unknown: 'no timetable is set',
}

const times = (factor: number): string => `x ${factor}`

/** Each by the name that marks its place in the page. */
export const SAFEGUARDING_TABLES: Readonly<Record<string, string>> = {
  severities: table(
    ['severity', 'score from', 'to be seen'],
    SEVERITIES.map((severity) => [
      severity,
      severity === 'critical' ? 'by rule only' : String(bands[severity satisfies Band]),
      SEVERITY_CLOCKS[severity].says,
    ]),
  ),
  points: table(
    ['theme', 'a device looked up', 'points'],
    THEMES.flatMap(({ id, title }) =>
      CATEGORIES.filter(({ theme }) => theme === id).map((category) => [
        title,
        category.sentence,
        String(points[category.id] ?? 0),
      ]),
    ),
  ),
  intent: table(
    ['what speaks for a person', 'share'],
    INTENT_REASONS.map((why) => [INTENT_TEXTS[why], `${intent[why]} %`]),
  ),
  factors: table(
    ['what else', 'changes points'],
    [
      ...MOMENTS.flatMap((one) => {
        const factor = moment[one]
        return factor === undefined ? [] : [[MOMENT_TEXTS[one], times(factor)]]
      }),
      ['nobody at this school asked for the site before', times(SHIPPED_WEIGHTS.novelty)],
      ['within ten minutes a way round the filter was looked for', times(SHIPPED_WEIGHTS.sequence)],
      ['far more blocked lookups than this device has as a rule', `+ ${SHIPPED_WEIGHTS.burst}`],
      ...identity.map(({ fromPercent, factor }) => [
        fromPercent === 0 ? 'who it was is less sure' : `who it was is sure to ${fromPercent} %`,
        times(factor),
      ]),
    ],
  ),
  rules: table(
    ['this device, or who used it, ...', 'severity', 'in themes'],
    rules.map(({ says, severity, categories, isHard }) => [
      says,
      isHard ? `**${severity}**, at once` : severity,
      [
        ...new Set(
          CATEGORIES.filter(({ id }) => categories.includes(id)).flatMap(({ theme }) =>
            theme ? [themeTitle(theme)] : [],
          ),
        ),
      ].join('; '),
    ]),
  ),
  ceilings: table(
    ['theme', 'points alone reach at most'],
    THEMES.flatMap(({ id, title }) => {
      const ceiling = ceilings[id]
      return ceiling ? [[title, ceiling]] : []
    }),
  ),
  advertised: CATEGORIES.filter(({ id }) => SHIPPED_WEIGHTS.advertised.includes(id))
    .map(({ sentence }) => sentence)
    .join('; '),
  staff: staffThemes.map((theme) => themeTitle(theme)).join(', '),
}
