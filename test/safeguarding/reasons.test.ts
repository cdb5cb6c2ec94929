import t from 'tap'
import type { ThemeId } from '#rules/themes.ts'
import { judge, type Observation } from '#safeguarding/judge.ts'
import { reasonsOf } from '#safeguarding/reasons.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import { DAYS, makeObservation, SCORED_AT } from '#test/support/make-observation.ts'

function reasons(theme: ThemeId, observations: readonly Observation[]): readonly string[] {
  const judged = judge(theme, observations, SCORED_AT)
  if (!judged) throw new Error('nothing is judged')
  return reasonsOf(judged, observations, SHIPPED_WEIGHTS.rules)
}

t.test('reasons say in plain words what was counted, and no name', (t) => {
  const said = reasons('self-harm', [
    makeObservation({ site: 'a.test', at: SCORED_AT - DAYS }),
    makeObservation({ site: 'b.test', at: SCORED_AT - DAYS }),
    makeObservation({
      site: 'c.test',
      intent: 80,
      isNew: true,
      moment: 'night',
      wayRoundAfterSeconds: 130,
      confidence: 10,
      burst: 10,
    }),
  ])
  t.same(said, [
    'asked for three such sites on two days',
    'asked for such sites on two days or more of one week',
    'asked for such a site as people do who mean it',
    'may be anybody: who it was is not sure',
    'was the first at this school to ask for that site',
    'then looked for a way round the filter within three minutes',
    'had far more blocked lookups than it has as a rule',
    'asked at night',
  ])
  t.notMatch(said.join(), /test/)
  t.end()
})

t.test('what one reason says is not said again by half', (t) => {
  t.same(reasons('suicide', [makeObservation({ category: 'harm.suicide', intent: 100 })]), [
    'asked for one such site on one day',
    'asked for a suicide site as people do who mean it',
  ])
  t.same(
    reasons('weapons', [
      makeObservation({ category: 'crime.weapons', site: 'a.test', intent: 100 }),
      makeObservation({ category: 'crime.weapons', site: 'b.test', intent: 100 }),
    ]),
    [
      'asked for two such sites on one day',
      'asked for sites about getting or making weapons twice or more within two weeks',
      'asked as people do who mean it',
    ],
    'what no rule says is still said',
  )
  t.end()
})

t.test('a single lookup says how little is known', (t) => {
  t.same(reasons('self-harm', [makeObservation()]), [
    'asked for one such site on one day',
    'asked in a way that does not tell whether somebody meant it',
  ])
  t.match(reasons('suicide', [makeObservation({ category: 'harm.suicide', intent: 20 })]), [
    'asked for one such site on one day',
    'asked as adverts, embeds and background programs do',
  ])
  const quick = makeObservation({ wayRoundAfterSeconds: 20 })
  t.match(reasons('self-harm', [quick])[2], /within a minute$/)
  t.end()
})
