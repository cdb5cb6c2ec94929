/** What was changed of the filter in a year, and when boxes were without the internet. */
import type { DocumentBlock } from '#console/document-plan.ts'
import { plainText } from '#console/present/plain-text.ts'
import { plainDuration } from '#console/present/plain-time.ts'
import type { Wording } from '#console/present/wording.ts'
import { reviewParts as words } from '#console/words/review-parts.ts'
import type { ChangeKind, Review } from '../reports/review.ts'

const CHANGE_TEXTS: Readonly<Record<ChangeKind, string>> = words.upkeep.kinds

export function upkeepBlocks(
  { changes, outages }: Review,
  wording: Wording,
): readonly DocumentBlock[] {
  const { time, nowMs } = wording
  return [
    { kind: 'heading', text: words.upkeep.heading },
    {
      kind: 'table',
      caption: words.upkeep.changes,
      heads: [words.upkeep.what, words.upkeep.howOften, words.upkeep.last],
      rows: changes.map(({ kind, count, lastAt }) => [
        CHANGE_TEXTS[kind],
        count.toLocaleString('en-GB'),
        time.at(lastAt, nowMs).text,
      ]),
      ifEmpty: words.upkeep.ifNone,
    },
    {
      kind: 'table',
      caption: words.upkeep.outages,
      heads: [words.upkeep.box, words.upkeep.howOften, words.upkeep.inAll, words.upkeep.longest],
      rows: outages.map(({ appliance, count, totalMs, longestMs }) => [
        plainText(wording.boxName(appliance), 80),
        String(count),
        plainDuration(totalMs),
        plainDuration(longestMs),
      ]),
      ifEmpty: words.upkeep.ifNone,
    },
  ]
}
