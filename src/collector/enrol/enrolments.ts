import { createPublicKey } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Enrolment } from '#domain/ingest.ts'
import type { Clock } from '#platform/clock.ts'
import { applianceIdOf } from '#platform/http-signing.ts'
import type { Log } from '#platform/log.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'

const enrolmentSchema: z.ZodType<Enrolment> = z.object({
  v: z.literal(1),
  appliance: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  tenant: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  name: z.string().min(1).max(200),
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/),
})

/** The appliances that are believed. */
export interface Enrolments {
  /** Looks one up; an unknown one makes the folder be read again, at most once in the knock interval. */
  readonly find: (appliance: string) => Enrolment | undefined
  readonly all: () => readonly Enrolment[]
}

/** Reads the folder now and again when needed. A bad file is logged and left out; a missing folder is an empty one. */
export function makeEnrolments(options: {
  readonly enrolledDir: string
  readonly clock: Clock
  readonly log: Log
  readonly limits: CollectorLimits
}): Enrolments {
  const { enrolledDir, clock, log, limits } = options
  let known = readFolder(enrolledDir, limits, log)
  let readAt = clock.monotonicMs()

  const readAgain = (olderThanMs: number): void => {
    const now = clock.monotonicMs()
    if (now - readAt < olderThanMs) return
    known = readFolder(enrolledDir, limits, log)
    readAt = now
  }

  return {
    find: (appliance) => {
      readAgain(limits.enrolmentAgeMaxMs)
      if (!known.has(appliance)) readAgain(limits.enrolmentKnockMs)
      return known.get(appliance)
    },
    all: () => {
      readAgain(limits.enrolmentAgeMaxMs)
      return [...known.values()]
    },
  }
}

function readFolder(folder: string, limits: CollectorLimits, log: Log): Map<string, Enrolment> {
  const known = new Map<string, Enrolment>()
  for (const file of jsonFilesIn(folder).slice(0, limits.enrolmentsMax)) {
    const enrolment = readEnrolment(join(folder, file), limits.enrolmentBytesMax)
    if (isFailure(enrolment)) log.warn({ file, detail: enrolment.detail }, 'enrolment left out')
    else known.set(enrolment.appliance, enrolment)
  }
  return known
}

function jsonFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .toSorted()
  } catch {
    return []
  }
}

function readEnrolment(path: string, bytesMax: number): Enrolment | Failure<'bad-enrolment'> {
  try {
    if (statSync(path).size > bytesMax) return failure('bad-enrolment', 'file is too large')
    const parsed = enrolmentSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    if (!parsed.success) return failure('bad-enrolment', z.prettifyError(parsed.error))
    return checkKey(parsed.data)
  } catch (cause) {
    return failure('bad-enrolment', cause instanceof Error ? cause.message : 'cannot read file')
  }
}

/** The name must be the thumbprint of the key, or one box could be enrolled under the name of another. */
function checkKey(enrolment: Enrolment): Enrolment | Failure<'bad-enrolment'> {
  const spki = Buffer.from(enrolment.publicKey, 'base64url')
  const publicKey = createPublicKey({ key: spki, type: 'spki', format: 'der' })
  if (publicKey.asymmetricKeyType !== 'ed25519')
    return failure('bad-enrolment', 'public key is not Ed25519')
  if (applianceIdOf(spki) !== enrolment.appliance)
    return failure('bad-enrolment', 'appliance is not the thumbprint of the public key')
  return enrolment
}
