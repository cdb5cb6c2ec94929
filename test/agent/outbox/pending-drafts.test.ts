import t from 'tap'
import { type HeldDraft, holdDraft } from '#agent/outbox/held-draft.ts'
import { PendingDrafts } from '#agent/outbox/pending-drafts.ts'
import type { EventDraft } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import { lookupDraft, policyDraft } from './outbox-support.ts'

function held(draft: EventDraft = lookupDraft()): HeldDraft {
  const made = holdDraft(draft, 16_384)
  if (isFailure(made)) throw new Error(made.detail)
  return made
}

t.test('at the bound operations are lost before safeguarding, the oldest first', (t) => {
  const pending = new PendingDrafts(3)
  const policies = [held(policyDraft()), held(policyDraft())]
  const lookups = [held(), held(), held(), held()]
  for (const draft of [...policies, lookups[0]]) t.equal(draft && pending.add(draft), undefined)
  t.equal(lookups[1] && pending.add(lookups[1]), 'operations')
  t.equal(lookups[2] && pending.add(lookups[2]), 'operations')
  t.equal(pending.add(held(policyDraft())), 'operations', 'a newcomer too')
  t.equal(lookups[3] && pending.add(lookups[3]), 'safeguarding')
  t.same(
    pending.take(10).map(({ id }) => id),
    lookups.slice(1).map(({ id }) => id),
  )
  t.match(pending.takeGaps(), [
    { lane: 'operations', count: 3 },
    { lane: 'safeguarding', count: 1 },
  ])
  t.same(pending.takeGaps(), [], 'a gap is told once')
  t.end()
})

t.test('at the bound a revision takes the place of an earlier one, and nothing is lost', (t) => {
  const pending = new PendingDrafts(2)
  const first = lookupDraft()
  pending.add(held(first))
  pending.add(held())
  t.equal(pending.add(held({ ...first, revision: 2 })), undefined)
  t.equal(pending.size, 2)
  t.equal(pending.take(1)[0]?.revision, 2)
  t.end()
})

t.test('safeguarding is taken first, and a gap spans the times of what was lost', (t) => {
  const pending = new PendingDrafts(10)
  pending.add(held(policyDraft()))
  pending.add(held())
  t.same(
    pending.take(5).map(({ lane }) => lane),
    ['safeguarding', 'operations'],
  )
  pending.noteLost('safeguarding', 50)
  pending.noteLost('safeguarding', 20, 4)
  t.same(pending.takeGaps(), [{ lane: 'safeguarding', count: 5, firstAt: 20, lastAt: 50 }])
  t.end()
})
