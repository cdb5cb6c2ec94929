/** What came of each story, against its own ground truth. */

import type { Device } from '../school/school.ts'
import type { AllStories } from '../story/all-stories.ts'
import { beganKey } from '../story/play-story.ts'
import { type Expectation, QUEUE_OF, type Story } from '../story/story.ts'
import { type AlertSeen, gravest, isAbove, reachedMs } from './alert-book.ts'

export interface ExpectationOutcome {
  readonly story: string
  readonly expectation: Expectation
  readonly decidedMs: number
  /** About the right subject and theme, to whomever it went; absent where there is none. */
  readonly alert: AlertSeen | undefined
  readonly isRightQueue: boolean
  /** From the deciding lookup until it was as grave as expected; below 0 where it was before. Absent if never. */
  readonly afterMs: number | undefined
}

export interface StoryOutcome {
  readonly story: Story
  readonly expectations: readonly ExpectationOutcome[]
  /** About its cast, expected by nobody, and graver than the story allows. */
  readonly tooMuch: readonly AlertSeen[]
}

export interface Outcome {
  readonly stories: readonly StoryOutcome[]
  /** About nobody in any story: of the school's own life. */
  readonly background: readonly AlertSeen[]
  /** Expected by a story. */
  readonly expected: ReadonlySet<string>
}

/** What is raised of the cast so long after a story's last lookup, or before its first, comes of the school's own life. */
const ECHOES_MS = 86_400_000

/** Judges a run that lasted from one instant to another; what a story decides outside of it is left out. */
export function outcomeOf(
  all: AllStories,
  alerts: readonly AlertSeen[],
  span: { readonly fromMs: number; readonly toMs: number },
): Outcome {
  const expected = new Set<string>()
  const ofStories = new Set<string>()
  const stories = all.stories.map((story): StoryOutcome => {
    const own = alerts.filter(
      (alert) => isInItsTime(all, story, alert) && isAboutStory(all, story, alert),
    )
    for (const { id } of own) ofStories.add(id)
    const expectations = story.expect.flatMap((one) => {
      const outcome = expectationOutcome(all, story, one, own)
      const { decidedMs } = outcome
      return decidedMs >= span.fromMs && decidedMs < span.toMs ? [outcome] : []
    })
    for (const { alert } of expectations) if (alert) expected.add(alert.id)
    const tooMuch = own.filter(
      (alert) => !expected.has(alert.id) && isAbove(gravest(alert), story.elseAtMost),
    )
    return { story, expectations, tooMuch }
  })
  return { stories, background: alerts.filter(({ id }) => !ofStories.has(id)), expected }
}

function expectationOutcome(
  { casting, played }: AllStories,
  story: Story,
  expectation: Expectation,
  own: readonly AlertSeen[],
): ExpectationOutcome {
  const { decidedBy, theme, who, severity, told } = expectation
  // IT is told of machines, whoever sits before them.
  const about = told === 'it' && expectation.about === 'person' ? 'device' : expectation.about
  const decidedMs =
    played.get(story.id)?.beganMs.get(beganKey(decidedBy.step, decidedBy.time)) ?? Number.NaN
  const devices = casting.get(story.id)?.get(who) ?? []
  const fitting = own.filter(
    (alert) => alert.theme === theme && isAboutSubject(alert, about, devices),
  )
  // The first to be as grave as expected; else the first at all.
  const inTime = fitting
    .map((alert) => ({ alert, atMs: reachedMs(alert, severity) }))
    .toSorted((a, b) => (a.atMs ?? Infinity) - (b.atMs ?? Infinity))[0]
  return {
    story: story.id,
    expectation,
    decidedMs,
    alert: inTime?.alert,
    isRightQueue: inTime?.alert.queue === QUEUE_OF[told],
    afterMs: inTime?.atMs === undefined ? undefined : inTime.atMs - decidedMs,
  }
}

function isAboutSubject(
  { subject }: AlertSeen,
  about: Expectation['about'],
  devices: readonly Device[],
): boolean {
  if (subject.kind !== about) return false
  if (subject.kind === 'school') return true
  return devices.some((device) => isDeviceOrOwner(subject, device))
}

function isDeviceOrOwner(subject: AlertSeen['subject'], device: Device): boolean {
  if (subject.kind === 'person') return subject.user === device.owner?.user
  return subject.kind === 'device' && subject.id === device.address
}

function isInItsTime({ played }: AllStories, story: Story, { openedMs }: AlertSeen): boolean {
  const lookups = played.get(story.id)?.lookups ?? []
  const [first, last] = [lookups.at(0), lookups.at(-1)]
  return (
    first !== undefined &&
    last !== undefined &&
    openedMs >= first.atMs &&
    openedMs < last.atMs + ECHOES_MS
  )
}

/** Whether it is about somebody of the cast, or about a site of the story at the school. */
function isAboutStory({ casting }: AllStories, story: Story, alert: AlertSeen): boolean {
  const { subject, site } = alert
  if (subject.kind === 'school') return site !== undefined && story.sites.has(site)
  const devices = [...(casting.get(story.id)?.values() ?? [])].flat()
  return devices.some((device) => isDeviceOrOwner(subject, device))
}
