/** Passwords as argon2id strings that say how they were made, so that a stronger setting leaves old ones readable. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { fill } from '#console/words/fill.ts'
import { invite } from '#console/words/invite.ts'
import { type Failure, failure } from '#domain/failure.ts'

/** The least that OWASP's password storage cheat sheet asks of argon2id: 19 MiB, two passes, one lane. */
const ARGON2ID = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const
const SALT_BYTES = 16
/** What an account without a password is checked against, so that it takes as long as any other. */
const NOBODY = `argon2id$19456$2$1$${'A'.repeat(22)}$${'A'.repeat(43)}`

export const PASSWORD_LENGTH_MIN = 12
export const PASSWORD_LENGTH_MAX = 200

export interface Passwords {
  readonly hash: (password: string) => Promise<string | Failure<'busy'>>
  /** `kept` is undefined for an account that does not exist or has no password: the answer is false, the work is the same. */
  readonly isRight: (
    password: string,
    kept: string | undefined,
  ) => Promise<boolean | Failure<'busy'>>
}

/** Each hash takes 19 MiB and tens of milliseconds of a core, so only so many are made at once and only so many wait. */
export function makePasswords(limits: {
  readonly hashesAtOnceMax: number
  readonly hashesWaitingMax: number
}): Passwords {
  let running = 0
  const waiting: (() => void)[] = []
  const inTurn = async <T>(work: () => Promise<T>): Promise<T | Failure<'busy'>> => {
    if (running >= limits.hashesAtOnceMax) {
      if (waiting.length >= limits.hashesWaitingMax) return failure('busy', invite.password.busy)
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    running += 1
    try {
      return await work()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
  return {
    hash: (password) =>
      inTurn(async () => {
        const salt = randomBytes(SALT_BYTES)
        const { memory, passes, parallelism } = ARGON2ID
        const tag = await tagOf(password, salt, ARGON2ID)
        const ends = [salt, tag].map((bytes) => bytes.toString('base64url'))
        return ['argon2id', memory, passes, parallelism, ...ends].join('$')
      }),
    isRight: (password, kept) =>
      inTurn(async () => {
        const [, memory, passes, parallelism, salt = '', tag = ''] = (kept ?? NOBODY).split('$')
        const right = Buffer.from(tag, 'base64url')
        const typed = await tagOf(password, Buffer.from(salt, 'base64url'), {
          memory: Number(memory),
          passes: Number(passes),
          parallelism: Number(parallelism),
          tagLength: right.length,
        })
        return timingSafeEqual(typed, right) && kept !== undefined
      }),
  }
}

/** Why a password cannot be taken, in words; undefined when it can. */
export function passwordProblem(password: string, own: readonly string[]): string | undefined {
  if (password.length < PASSWORD_LENGTH_MIN)
    return fill(invite.password.tooShort, { count: PASSWORD_LENGTH_MIN })
  if (password.length > PASSWORD_LENGTH_MAX)
    return fill(invite.password.tooLong, { count: PASSWORD_LENGTH_MAX })
  const plain = password.toLowerCase()
  if (new Set(plain).size < 5 || own.some((word) => word !== '' && plain === word.toLowerCase()))
    return invite.password.easy
  return undefined
}

function tagOf(
  password: string,
  nonce: Buffer,
  how: { memory: number; passes: number; parallelism: number; tagLength: number },
): Promise<Buffer> {
  const message = password.normalize('NFC').slice(0, PASSWORD_LENGTH_MAX)
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce, ...how }, (error, tag) => {
      if (error === null) resolve(tag)
      else reject(error)
    })
  })
}
