import { z } from 'zod'
import type { PolicyNews } from '#domain/console-rules.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { Refusal } from '../metrics/collector-metrics.ts'
import type { PolicyDesk } from '../policy/policy-desk.ts'
import type { Signer } from './authenticate.ts'
import { pollSchema, replySchema } from './policy-schema.ts'

export interface PolicyIntake {
  readonly desk: Pick<PolicyDesk, 'poll' | 'reply'>
  /** Whose policy it is: boxes of others are told nothing. */
  readonly tenant: string
}

/** Checks a poll and holds it; resolves with the news. `isGone` resolves when nobody waits any more. */
export async function takePoll(
  { enrolment: { tenant, appliance } }: Signer,
  body: unknown,
  { desk, tenant: own }: PolicyIntake,
  isGone: Promise<unknown>,
): Promise<PolicyNews | Failure<Refusal>> {
  const parsed = pollSchema.safeParse(body)
  if (!parsed.success) return failure('malformed', z.prettifyError(parsed.error).slice(0, 1000))
  if (parsed.data.appliance !== appliance)
    return failure('other-appliance', 'the poll is of another appliance than its signature')
  if (tenant !== own)
    return failure('other-appliance', 'this appliance gets its policy from another collector')
  return desk.poll(parsed.data, isGone)
}

/** Checks what a box made of a task, and hands it to whoever waits. */
export function takeReply(
  { enrolment: { appliance } }: Signer,
  body: unknown,
  { desk }: PolicyIntake,
): undefined | Failure<Refusal> {
  const parsed = replySchema.safeParse(body)
  if (!parsed.success) return failure('malformed', z.prettifyError(parsed.error).slice(0, 1000))
  if (parsed.data.appliance !== appliance)
    return failure('other-appliance', 'the reply is of another appliance than its signature')
  desk.reply(appliance, parsed.data.task, parsed.data.answer)
  return undefined
}
