import { plainText } from '#console/present/plain-text.ts'
import type { Enrolment, StatusReport } from '#domain/ingest.ts'
import { boxesOf, type PageContext } from './page-context.ts'

/** A box that has reported, with its newest report. */
export interface HeardBox extends Enrolment {
  readonly at: number
  readonly report: StatusReport
}

interface BoxLink {
  readonly href: string
  readonly text: string
  readonly active: boolean
}

/** The asked box, or else the first that reported, and links to the same page of the others. */
export function chooseBox(
  context: PageContext,
  asked: string,
  path: string,
): { readonly chosen: HeardBox | undefined; readonly links: readonly BoxLink[] } {
  const heard = boxesOf(context).flatMap((box): readonly HeardBox[] => {
    const last = context.watch.lastHeard(box.appliance)
    return last === undefined ? [] : [{ ...box, ...last }]
  })
  const chosen = heard.find(({ appliance }) => appliance === asked) ?? heard[0]
  const links = heard.slice(0, context.limits.filterChoicesMax).map(({ appliance, name }) => ({
    href: `${path}?box=${encodeURIComponent(appliance)}`,
    text: plainText(name, 80),
    active: appliance === chosen?.appliance,
  }))
  return { chosen, links }
}
