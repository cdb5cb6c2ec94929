import { z } from 'zod'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { RELEASE_MINUTES_MAX } from '#domain/release-told.ts'
import { isCategoryId } from '#rules/category-ids.ts'
import { nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { tooWide } from '#rules/list-guard.ts'
import { isReleasable } from '#rules/policy-view.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { Release, ReleaseTarget } from './release.ts'

/** Releases in force at the same time. */
export const RELEASES_MAX = 64
const RELEASE_MS_MAX = RELEASE_MINUTES_MAX * 60_000

const line = z.string().min(1).max(200)
const releaseSchema = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    group: line,
    target: z.strictObject({ kind: z.enum(['category', 'name']), value: z.string().max(1024) }),
    reason: line,
    who: line,
    grantedAt: z.number(),
    endsAt: z.number(),
  })
  .refine(({ grantedAt, endsAt }) => endsAt - grantedAt <= RELEASE_MS_MAX)
const fileSchema = z.strictObject({
  v: z.literal(1),
  releases: z.array(releaseSchema).max(RELEASES_MAX),
})

/** What is kept of releases over a restart. */
export function writeReleases(releases: readonly Release[]): string {
  const plain = releases.map(({ target, ...rest }) => ({
    ...rest,
    target: {
      kind: target.kind,
      value: target.kind === 'category' ? target.category : target.name,
    },
  }))
  return `${JSON.stringify({ v: 1, releases: plain })}\n`
}

/** Reads what `writeReleases` wrote. Anything else releases nothing. Never throws. */
export function readReleases(text: string): readonly Release[] | Failure<'bad-releases'> {
  const parsed = fileSchema.safeParse(parseJson(text))
  if (!parsed.success) return failure('bad-releases', 'the file of releases is not understood')
  const releases: Release[] = []
  for (const { target, ...rest } of parsed.data.releases) {
    const read = readTarget(target.kind, target.value)
    if (!isFailure(read)) releases.push({ ...rest, target: read })
  }
  return releases
}

/** A target as it is written; a failure says what may not be released, or what is none. */
export function readTarget(
  kind: 'category' | 'name',
  value: string,
): ReleaseTarget | Failure<'bad-request' | 'refused'> {
  if (kind === 'category') {
    if (!isCategoryId(value)) return failure('bad-request', 'no such category')
    if (isReleasable(value)) return { kind, category: value }
    return failure('refused', `${value} is never released`)
  }
  const name = parseDomainName(value)
  if (isRuleFailure(name)) return failure('bad-request', `no domain name: ${name.detail}`)
  const wide = tooWide(nameToWire(name), 'subtree')
  return wide ? failure('refused', `${wide.detail} and is never released`) : { kind, name }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
