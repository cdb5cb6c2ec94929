import { failure } from '#domain/failure.ts'
import type { ListCopy, ListFailure } from './list-record.ts'
import { SUPPLY_LIMITS } from './supply-limits.ts'
import type { Vetted } from './vet-list.ts'

/** What becomes of a version that is a list: in force, for a person to decide, or nothing. */
export type Judgement =
  | { readonly kind: 'good' }
  | { readonly kind: 'held'; readonly why: ListFailure }
  | { readonly kind: 'refused'; readonly why: ListFailure }

export interface Candidate {
  readonly id: string
  /** A file that the school put there itself. */
  readonly isOwn: boolean
  readonly vetted: Vetted
  /** The version in force, if it is of the same source. */
  readonly before: Pick<ListCopy, 'names'> | undefined
}

/**
 * The rule by which a version comes into force. A download, trusted or not, must block nothing that a school must reach, nor whole
 * networks of devices (nobody elsewhere knows which these are), refuse no more lines than it has names, and keep its number of names
 * within 30 %, or a person says so. A school's own file is its own decision: what it blocks is only told and it may grow, but a file
 * that lost more than 30 % of its names is held too, because that is how a failed copy looks.
 */
export function judgeVersion(candidate: Candidate): Judgement {
  const { isOwn, vetted } = candidate
  const refusal = isOwn ? undefined : refusalOf(vetted)
  if (refusal) return { kind: 'refused', why: refusal }
  const change = changeOf(candidate)
  return change ? { kind: 'held', why: change } : { kind: 'good' }
}

function refusalOf({
  guards,
  blocksNetworks,
  names,
  refusedLines,
}: Vetted): ListFailure | undefined {
  const [first] = guards
  if (first !== undefined)
    return failure('guard-name', `it blocks ${andMore(first, guards)}, which a school must reach`)
  if (blocksNetworks)
    return failure(
      'guard-name',
      'it blocks whole networks of devices, which only a trusted file of your own may',
    )
  if (refusedLines <= names) return undefined
  return failure(
    'not-a-list',
    `${refusedLines} of its lines are refused and ${names} taken in; is the format right?`,
  )
}

function andMore(first: string, all: readonly string[]): string {
  return all.length === 1 ? first : `${first} and ${all.length - 1} more`
}

function changeOf({ id, isOwn, vetted, before }: Candidate): ListFailure | undefined {
  if (!before) return undefined
  const lost = (before.names - vetted.names) / before.names
  const isMuch = (isOwn ? lost : Math.abs(lost)) > SUPPLY_LIMITS.changeShareMax
  if (!isMuch || (isOwn && before.names < SUPPLY_LIMITS.ownNamesMin)) return undefined
  return changedSize(id, vetted.names, before.names)
}

/** Why a version waits for a person. */
export function changedSize(id: string, names: number, before: number): ListFailure {
  const percent = Math.round(SUPPLY_LIMITS.changeShareMax * 100)
  return failure(
    'changed-size',
    `it has ${names} names and the version in force ${before}: more than ${percent} % ${names < before ? 'fewer' : 'more'}; if that is right: supercloud-edge lists --accept ${id}`,
  )
}
