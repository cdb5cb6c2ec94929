import type { NoticesView } from '#console/notice-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

/** The browsers that are told of alerts, and the form by which another one is. */
export function noticesPage(
  context: PageContext,
  refused: { readonly person: string; readonly problem: string } | undefined,
): NoticesView {
  const { notices } = context
  const { time, nowMs } = wordingOf(context, boxesOf(context))
  const people = notices.people()
  const nameOf = (id: string): string => {
    const known = people.find((one) => one.id === id)
    return known === undefined
      ? `${plainText(id, 40)} (no longer in the file of the people)`
      : plainText(known.name, 80)
  }
  const chosen = refused?.person ?? ''
  return {
    view: 'notices',
    people:
      people.length === 0
        ? []
        : [
            { value: '', text: 'Choose', selected: chosen === '' },
            ...people.map(({ id, name }) => ({
              value: id,
              text: plainText(name, 80),
              selected: id === chosen,
            })),
          ],
    places: notices.subscribed().map(({ id, person, label, endpoint, addedAt }) => ({
      removeHref: `/notices/${encodeURIComponent(id)}/remove`,
      person: nameOf(person),
      label: plainText(label, 60),
      service: plainText(URL.parse(endpoint)?.hostname ?? '', 100),
      added: time.at(addedAt, nowMs),
    })),
    pushKey: notices.pushKey,
    problem: refused?.problem,
  }
}
