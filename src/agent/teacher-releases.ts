import type { EventBody, ReleasedTarget, ReleaseEnd } from '#domain/event.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { RELEASE_MINUTES_MAX, type ReleaseField } from '#domain/release-told.ts'
import type { Clock } from '#platform/clock.ts'
import { newEventId } from '#platform/random.ts'
import { minuteText } from '#rules/calendar.ts'
import { isBypass, isGrave } from '#rules/categories.ts'
import { decide } from '#rules/decide.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { localTimeAt } from '#rules/local-time.ts'
import { Matches } from '#rules/matches.ts'
import { freezeAt, longestLesson } from '#rules/timetable.ts'
import { TYPE } from '#wire/constants.ts'
import { matchName } from './active-policy.ts'
import type { GrantRequest } from './control/control-api.ts'
import type { PolicyKeeper } from './policy-keeper.ts'
import { type Release, type ReleaseTarget, targetText } from './releases/release.ts'
import type { ReleaseBook } from './releases/release-book.ts'
import { readTarget } from './releases/release-file.ts'

const MINUTE_MS = 60_000

export interface TeacherReleasesOptions {
  readonly book: ReleaseBook
  readonly keeper: PolicyKeeper
  readonly clock: Clock
  readonly tell: (body: EventBody) => void
}

/** What is not granted, and which part of what was asked it is about. */
export interface ReleaseRefusal extends Failure<'bad-request' | 'refused'> {
  readonly about: ReleaseField
}

/** Grants and ends what teachers release. Each is told as an event; the policy changes before the answer goes out. */
export class TeacherReleases {
  readonly #options: TeacherReleasesOptions

  constructor(options: TeacherReleasesOptions) {
    this.#options = options
    for (const [release, cause] of options.book.endedMeanwhile) this.#tellEnded(release, cause)
  }

  all(): readonly Release[] {
    return this.#options.book.all()
  }

  async grant(
    request: GrantRequest,
  ): Promise<Release | ReleaseRefusal | Failure<'refused' | 'store-unavailable'>> {
    const { book, keeper, clock, tell } = this.#options
    const { group, reason, who, minutes } = request
    const target = readTarget(request.target.kind, request.target.value)
    if (isFailure(target)) return { ...target, about: 'target' }
    const refusal = this.#refusal(request, target)
    if (refusal) return refusal
    const grantedAt = clock.wallMs()
    const endsAt = grantedAt + minutes * MINUTE_MS
    const release = { id: newEventId(), group, target, reason, who, grantedAt, endsAt }
    const fault = await book.add(release)
    if (fault) return fault
    keeper.useReleases(book.all())
    tell({
      kind: 'release-granted',
      release: release.id,
      group,
      target: told(target),
      who,
      reason,
      endsAt,
    })
    return release
  }

  end(id: string, who: string): Release | Failure<'refused'> {
    const { book, keeper } = this.#options
    const ended = book.end(id)
    if (!ended) return failure('refused', 'no such release is in force')
    keeper.useReleases(book.all())
    this.#tellEnded(ended, 'by-hand', who)
    return ended
  }

  /** Ends what is over; called at each turn of the clock, and when groups may have changed. */
  endDue(): void {
    const { book, keeper } = this.#options
    const due = book.endDue(keeper.config.groups)
    if (due.length > 0) keeper.useReleases(book.all())
    for (const [release, cause] of due) this.#tellEnded(release, cause)
  }

  #refusal({ group, minutes }: GrantRequest, target: ReleaseTarget): ReleaseRefusal | undefined {
    const { book, keeper, clock } = this.#options
    const { config } = keeper
    if (!config.groups.has(group)) return about('group', failure('bad-request', 'no such group'))
    const most = longestLesson(config.timetable) ?? RELEASE_MINUTES_MAX
    if (minutes > most)
      return about(
        'minutes',
        failure(
          'refused',
          `a release lasts at most a lesson, which is ${most} minutes here, and not ${minutes}`,
        ),
      )
    const time = localTimeAt(config.timetable.zone, clock.wallMs())
    const exam = freezeAt(config.timetable, time, group)
    if (exam)
      return about(
        'group',
        failure('refused', `nothing is released in an exam (until ${minuteText(exam.toMinute)})`),
      )
    const isSame = (one: Release): boolean =>
      one.group === group && targetText(one.target) === targetText(target)
    const twin = book.all().find(isSame)
    if (twin) return about('target', failure('refused', `it is released already, as ${twin.id}`))
    const refused = target.kind === 'name' ? refuseName(target, group, keeper) : undefined
    return refused && about('target', refused)
  }

  #tellEnded({ id, group, target }: Release, cause: ReleaseEnd, who?: string): void {
    this.#options.tell({
      kind: 'release-ended',
      release: id,
      group,
      target: told(target),
      cause,
      ...(who === undefined ? {} : { who }),
    })
  }
}

function about(field: ReleaseField, refused: Failure<'bad-request' | 'refused'>): ReleaseRefusal {
  return { ...refused, about: field }
}

/** What no release would open is refused, so that nobody waits for it; the policy would not open it either. */
function refuseName(
  { name }: Extract<ReleaseTarget, { kind: 'name' }>,
  group: string,
  { slot }: PolicyKeeper,
): Failure<'refused'> | undefined {
  const view = slot.current.clients.viewOf(group)
  if (!view) return undefined
  const matches = new Matches()
  matchName(slot.current, nameToWire(name), 0, matches, TYPE.A)
  const { kind, reason, category } = decide(view, matches)
  if (reason === 'protected' || reason === 'core') return failure('refused', 'it is always allowed')
  if (reason === 'locked' || reason === 'bypass-floor' || reason === 'school-deny')
    return failure('refused', `it is blocked because of ${reason}, which no release lifts`)
  return kind === 'block' && category !== undefined && (isBypass(category) || isGrave(category))
    ? failure('refused', `it is blocked as ${category}, which no release lifts`)
    : undefined
}

function told(target: ReleaseTarget): ReleasedTarget {
  return { kind: target.kind, value: targetText(target) }
}
