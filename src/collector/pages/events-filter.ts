import { SEVERITIES, severityBadge } from '#console/present/severity-badge.ts'
import type { Wording } from '#console/present/wording.ts'
import type { EventsFilterView } from '#console/views.ts'
import { common } from '#console/words/common.ts'
import { events as words } from '#console/words/events.ts'
import type { FilterChoices } from '../store/collector-store.ts'
import { type EventsQuery, eventsHref } from './events-query.ts'
import { choices, groupText } from './filter-choices.ts'

/** The filter form as it stands, and what of it is chosen. */
export function filterView(
  query: EventsQuery,
  { groups, categories, severities }: FilterChoices,
  wording: Wording,
): EventsFilterView {
  const title = (id: string): string => wording.category(id).title
  return {
    severities: choices([...severities].toSorted(bySeverity), query.severity, severityText),
    categories: choices(categories, query.category, title),
    groups: choices(groups, query.group, groupText),
    from: query.from,
    to: query.to,
    chosen: chosenOf(query, title),
  }
}

function chosenOf(query: EventsQuery, title: (id: string) => string): EventsFilterView['chosen'] {
  const fields = [
    { heading: common.severity, field: 'severity', text: severityText(query.severity) },
    { heading: words.category, field: 'category', text: title(query.category) },
    { heading: common.group, field: 'group', text: groupText(query.group) },
    { heading: common.from, field: 'from', text: query.from },
    { heading: common.to, field: 'to', text: query.to },
  ] as const
  return fields
    .filter(({ field }) => query[field] !== '')
    .map(({ heading, field, text }) => {
      const href = eventsHref(query, { [field]: '', after: undefined })
      return { heading, text, href }
    })
}

function severityText(severity: string): string {
  return severityBadge(severity).text
}

function bySeverity(a: string, b: string): number {
  const order: readonly string[] = SEVERITIES
  return order.indexOf(a) - order.indexOf(b)
}
