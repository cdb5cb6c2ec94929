import type { Severity } from '#safeguarding/severity.ts'
import type { DigestCounts } from '../notify/words.ts'
import type { AlertFigures } from './alert-figures.ts'
import type { Coverage } from './coverage.ts'

/** The figures of a week as the weekly mail tells them: the same that stand on the digest's page. */
export function digestCounts(
  { opened, unacknowledged }: Pick<AlertFigures, 'opened' | 'unacknowledged'>,
  { boxes, heardLately }: Pick<Coverage, 'boxes' | 'heardLately'>,
): Omit<DigestCounts, 'drill' | 'untilMs'> {
  const of = (severity: Severity): number =>
    opened.filter((one) => one.severity === severity).reduce((sum, { count }) => sum + count, 0)
  return {
    opened: {
      critical: of('critical'),
      urgent: of('urgent'),
      high: of('high'),
      medium: of('medium'),
      low: of('low'),
    },
    // Of Low nobody is told one by one: it waits for the digest itself.
    unacknowledged: unacknowledged
      .filter(({ severity }) => severity !== 'low')
      .reduce((sum, { count }) => sum + count, 0),
    boxes: { heard: heardLately, of: boxes },
  }
}
