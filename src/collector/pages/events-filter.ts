import { plainText } from '#console/present/plain-text.ts'
import { SEVERITIES, severityBadge } from '#console/present/severity-badge.ts'
import type { Wording } from '#console/present/wording.ts'
import type { Choice, EventsFilterView } from '#console/views.ts'
import type { FilterChoices } from '../store/collector-store.ts'
import { type EventsQuery, eventsHref } from './events-query.ts'

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
    { heading: 'Severity', field: 'severity', text: severityText(query.severity) },
    { heading: 'Category', field: 'category', text: title(query.category) },
    { heading: 'Group', field: 'group', text: groupText(query.group) },
    { heading: 'From', field: 'from', text: query.from },
    { heading: 'To', field: 'to', text: query.to },
  ] as const
  return fields
    .filter(({ field }) => query[field] !== '')
    .map(({ heading, field, text }) => {
      const href = eventsHref(query, { [field]: '', after: undefined })
      return { heading, text, href }
    })
}

/** A value that is asked for is offered even when nothing has it, so that the form says what the list shows. */
function choices(
  values: readonly string[],
  selected: string,
  text: (value: string) => string,
): readonly Choice[] {
  const offered = selected === '' || values.includes(selected) ? values : [...values, selected]
  return [
    { value: '', text: 'All', selected: selected === '' },
    ...offered.map((value) => ({ value, text: text(value), selected: value === selected })),
  ]
}

function severityText(severity: string): string {
  return severityBadge(severity).text
}

function groupText(group: string): string {
  return plainText(group, 60)
}

function bySeverity(a: string, b: string): number {
  const order: readonly string[] = SEVERITIES
  return order.indexOf(a) - order.indexOf(b)
}
