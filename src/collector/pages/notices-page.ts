import type { NoticesView } from '#console/notice-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { personOf } from '../notify/places/person-of.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

/** The viewer's browsers that are told of alerts, and the form by which another one is. */
export function noticesPage(
  context: PageContext,
  { account, rights }: Viewer,
  problem: string | undefined,
): NoticesView {
  const { notices } = context
  const { time, nowMs } = wordingOf(context, boxesOf(context))
  const people = notices.people()
  const person = personOf(people, account)
  return {
    view: 'notices',
    isAssignee: rights.has('pastoral'),
    hasPeople: people.length > 0,
    person: person && plainText(person.name, 80),
    email: plainText(account?.email ?? '', 200),
    places: notices
      .subscribed()
      .filter((one) => one.person === person?.id)
      .map(({ id, label, endpoint, addedAt }) => ({
        removeHref: `/notices/${encodeURIComponent(id)}/remove`,
        label: plainText(label, 60),
        service: plainText(URL.parse(endpoint)?.hostname ?? '', 100),
        added: time.at(addedAt, nowMs),
      })),
    pushKey: notices.pushKey,
    problem,
  }
}
