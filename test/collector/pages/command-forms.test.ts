import t from 'tap'
import { ALERT_STATES } from '#collector/alerts/alert.ts'
import type { AlertRecord } from '#collector/alerts/alert-record.ts'
import { NOT_YET } from '#collector/alerts/raise-alert.ts'
import { lacksOf, mayBeGiven, TRANSITIONS } from '#collector/alerts/transitions.ts'
import { COMMAND_KINDS } from '#collector/http/alert-form.ts'
import { commandForms, nextStep } from '#collector/pages/command-forms.ts'

const record: AlertRecord = {
  ...NOT_YET,
  tenant: 'local',
  id: 'a1',
  queue: 'safeguarding',
  theme: 'suicide',
  severity: 'high',
  state: 'new',
  subject: { kind: 'school' },
  group: '',
  firstAt: 0,
  lastAt: 0,
  openedAt: 0,
  toldAt: 0,
  isLate: false,
  isSimulated: false,
  isTrial: false,
  pupils: 0,
  reasons: { rules: [], parts: [], score: 0 },
}
const item = [{ value: 'e1', text: 'one' }]
const options = {
  mayGive: (_kind: string) => true,
  assignees: item,
  mergeable: item,
  splittable: item,
  refused: undefined,
}
const kindsOf = (of: AlertRecord, given = options): readonly string[] =>
  commandForms(of, given).map(({ kind }) => kind)

t.test('a form stands exactly where the table takes its command', (t) => {
  for (const state of ALERT_STATES)
    for (const severity of ['high', 'low'] as const)
      for (const decision of [undefined, 'no-concern', 'concern'] as const) {
        const one: AlertRecord = {
          ...record,
          state,
          severity,
          decision,
          reason: decision && 'because',
          awaiting: 'the tutor',
        }
        const shown = kindsOf(one)
        for (const kind of COMMAND_KINDS) {
          const form = commandForms(one, options).find((found) => found.kind === kind)
          if (form !== undefined) {
            t.ok(mayBeGiven(kind, one), `${kind} of ${state}`)
            const supplied = form.fields.map(({ name }) => name)
            t.same(
              lacksOf(kind, one).filter((need) => !supplied.includes(need)),
              [],
              `${kind} can be answered`,
            )
          } else if (kind !== 'release-hold' && !(kind === 'act' && decision === undefined))
            t.notOk(mayBeGiven(kind, one), `${kind} of ${state} is left out`)
        }
        t.equal(new Set(shown).size, shown.length)
      }
  t.same(kindsOf({ ...record, mergedInto: 'a2' }), [])
  t.equal(COMMAND_KINDS.length, Object.keys(TRANSITIONS).length)
  t.end()
})

t.test('what cannot be answered, or would change nothing, has no form', (t) => {
  const empty = { ...options, assignees: [], mergeable: [], splittable: [] }
  t.notMatch(kindsOf(record, empty).join(), /assign|merge|split/)
  const ofSome = { ...options, mayGive: (kind: string) => kind === 'note' }
  t.same(kindsOf(record, ofSome), ['note'], 'nor what is for others to do')
  t.notMatch(kindsOf({ ...record, state: 'acknowledged' }).join(), /information-came/)
  t.match(kindsOf({ ...record, hasLegalHold: true }).join(), /release-hold/)
  t.notMatch(kindsOf({ ...record, hasLegalHold: true }).join(), /(?:^|,)hold/)
  t.end()
})

t.test('the next step goes on from what is decided, and what was refused stands again', (t) => {
  const next = (of: Partial<AlertRecord>): string | undefined => {
    const one = { ...record, ...of }
    return nextStep(one, commandForms(one, options))?.kind
  }
  t.equal(next({}), 'acknowledge')
  t.equal(next({ state: 'acknowledged' }), 'review')
  t.equal(next({ state: 'in-review' }), 'decide')
  t.equal(next({ state: 'in-review', decision: 'no-concern', reason: 'x' }), 'act')
  t.equal(next({ state: 'actioned', decision: 'no-concern', reason: 'x' }), 'close')
  t.equal(next({ state: 'closed' }), undefined)
  const refused = { kind: 'note', problem: 'p', given: { text: 'a\u202Eb' } }
  const note = commandForms(record, { ...options, refused }).find(({ kind }) => kind === 'note')
  t.match(note, { isRefused: true, fields: [{ value: 'ab' }] })
  t.end()
})
