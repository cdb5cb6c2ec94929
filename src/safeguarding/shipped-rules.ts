import type { Rule } from './weights.ts'

export const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS: number = 24 * HOUR_MS

/** A lookup whose time nothing speaks for or against counts in rules; an advert, an embed or a device's own does not. */
export const ASKED = 50
/** Visited as a page, or asked for again as people do. */
const CHOSEN = 80
/** Opened as a page, or seen in the traffic beyond doubt. */
const USED = 100
/** What a lesson takes away; rules that count less than ASKED or CHOSEN by so much hold in lessons too. */
export const LESSON = 0.8
const ASKED_ANYWHERE: number = ASKED * LESSON
const CHOSEN_ANYWHERE: number = CHOSEN * LESSON

type RuleRow = Omit<Rule, 'id' | 'isHard' | 'says'>

const rule = (id: string, row: RuleRow, says: string): Rule => ({ id, ...row, isHard: false, says })
const hard = (id: string, row: RuleRow, says: string): Rule => ({ id, ...row, isHard: true, says })

const once = { measure: 'times', atLeast: 1, withinMs: DAY_MS } as const

/**
 * The gravest first. Where a rule's severity holds for a single lookup, it holds for a day: what somebody does later in the
 * same theme is judged by itself.
 */
export const SHIPPED_RULES: readonly Rule[] = [
  hard(
    'locked.list',
    {
      ...once,
      categories: ['illegal.csam', 'illegal.terror'],
      intentAtLeast: 0,
      severity: 'critical',
    },
    'asked for a site on a list that the law requires',
  ),
  hard(
    'locked.other',
    { ...once, categories: ['illegal.other'], intentAtLeast: 0, severity: 'urgent' },
    'asked for a site with other illegal content',
  ),
  hard(
    'suicide.chosen',
    { ...once, categories: ['harm.suicide'], intentAtLeast: CHOSEN_ANYWHERE, severity: 'critical' },
    'asked for a suicide site as people do who mean it',
  ),
  hard(
    'suicide.asked',
    { ...once, categories: ['harm.suicide'], intentAtLeast: ASKED_ANYWHERE, severity: 'urgent' },
    'asked for a suicide site',
  ),
  rule(
    'self-harm.day',
    {
      categories: ['harm.selfharm', 'harm.ed'],
      measure: 'times',
      atLeast: 3,
      withinMs: DAY_MS,
      intentAtLeast: ASKED_ANYWHERE,
      severity: 'urgent',
    },
    'asked for such sites three times or more within a day',
  ),
  rule(
    'self-harm.days',
    {
      categories: ['harm.selfharm', 'harm.ed'],
      measure: 'days',
      atLeast: 2,
      withinMs: 7 * DAY_MS,
      intentAtLeast: ASKED_ANYWHERE,
      severity: 'urgent',
    },
    'asked for such sites on two days or more of one week',
  ),
  rule(
    'self-harm.chosen',
    {
      ...once,
      categories: ['harm.selfharm', 'harm.ed'],
      intentAtLeast: CHOSEN_ANYWHERE,
      severity: 'high',
    },
    'asked for such a site as people do who mean it',
  ),
  rule(
    'extremism.sites',
    {
      categories: ['hate.extremism'],
      measure: 'sites',
      atLeast: 2,
      withinMs: 7 * DAY_MS,
      intentAtLeast: ASKED,
      severity: 'urgent',
    },
    'asked for two such sites or more within a week',
  ),
  rule(
    'extremism.days',
    {
      categories: ['hate.extremism'],
      measure: 'days',
      atLeast: 2,
      withinMs: 7 * DAY_MS,
      intentAtLeast: ASKED,
      severity: 'urgent',
    },
    'asked for such a site on two days or more of one week',
  ),
  rule(
    'extremism.chosen',
    { ...once, categories: ['hate.extremism'], intentAtLeast: CHOSEN, severity: 'high' },
    'asked for such a site as people do who mean it',
  ),
  rule(
    'nudify.chosen',
    {
      ...once,
      categories: ['adult.nudify_ai'],
      intentAtLeast: CHOSEN_ANYWHERE,
      severity: 'urgent',
    },
    'asked for such a site as people do who mean it',
  ),
  rule(
    'nudify.asked',
    { ...once, categories: ['adult.nudify_ai'], intentAtLeast: ASKED_ANYWHERE, severity: 'high' },
    'asked for such a site',
  ),
  rule(
    'weapons.twice',
    {
      categories: ['crime.weapons'],
      measure: 'times',
      atLeast: 2,
      withinMs: 14 * DAY_MS,
      intentAtLeast: ASKED,
      severity: 'urgent',
    },
    'asked for sites about getting or making weapons twice or more within two weeks',
  ),
  rule(
    'contact.twice',
    {
      categories: ['contact.anon_chat'],
      measure: 'times',
      atLeast: 2,
      withinMs: 14 * DAY_MS,
      intentAtLeast: ASKED_ANYWHERE,
      severity: 'medium',
    },
    'asked for chat with strangers twice or more within two weeks',
  ),
  rule(
    'adult.many',
    {
      categories: ['adult.porn'],
      measure: 'sites',
      atLeast: 5,
      withinMs: 10 * MINUTE_MS,
      intentAtLeast: ASKED,
      severity: 'high',
    },
    'asked for five pornographic sites or more within ten minutes',
  ),
  rule(
    'adult.days',
    {
      categories: ['adult.porn'],
      measure: 'days',
      atLeast: 3,
      withinMs: 14 * DAY_MS,
      intentAtLeast: ASKED,
      severity: 'high',
    },
    'asked for pornography on three days or more of two weeks',
  ),
  rule(
    'drugs.twice',
    {
      categories: ['crime.drugs'],
      measure: 'times',
      atLeast: 2,
      withinMs: 14 * DAY_MS,
      intentAtLeast: ASKED,
      severity: 'medium',
    },
    'asked for sites that promote or sell drugs twice or more within two weeks',
  ),
  rule(
    'vape.twice',
    {
      categories: ['crime.vape_alcohol_tobacco'],
      measure: 'times',
      atLeast: 2,
      withinMs: 14 * DAY_MS,
      intentAtLeast: ASKED,
      severity: 'low',
    },
    'asked for shops for vapes, alcohol or tobacco twice or more within two weeks',
  ),
  rule(
    'gambling.days',
    {
      categories: ['commerce.gambling'],
      measure: 'days',
      atLeast: 3,
      withinMs: 14 * DAY_MS,
      intentAtLeast: ASKED,
      severity: 'medium',
    },
    'asked for gambling on three days or more of two weeks',
  ),
  rule(
    'circumvention.many',
    {
      categories: ['bypass.vpn', 'bypass.proxy', 'bypass.doh'],
      measure: 'sites',
      atLeast: 5,
      withinMs: 10 * MINUTE_MS,
      intentAtLeast: ASKED,
      severity: 'low',
    },
    'asked for five ways round the filter or more within ten minutes',
  ),
  rule(
    'circumvention.used',
    {
      ...once,
      categories: ['bypass.vpn', 'bypass.proxy', 'bypass.doh'],
      intentAtLeast: USED,
      severity: 'low',
    },
    'opened a way round the filter, or was seen to use one',
  ),
  rule(
    'malware.any',
    { ...once, categories: ['security.malware'], intentAtLeast: 0, severity: 'high' },
    'asked for a site that spreads or controls malware',
  ),
]
