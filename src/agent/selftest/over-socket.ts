import { setTimeout as sleep } from 'node:timers/promises'
import { CATEGORIES } from '#rules/categories.ts'
import type { CuratedName } from '#rules/sets/curated-set.ts'
import { recordsOf } from '#wire/answer-records.ts'
import { EDE, RCODE, TYPE } from '#wire/constants.ts'
import { errorIn } from '#wire/upstream-error.ts'
import type { Listener } from '../listen/listener.ts'
import type { ReadyGroup } from '../policy/ready-config.ts'
import type { Endpoint } from '../policy/sections/listen.ts'
import { askFrom } from './ask-from.ts'
import { canaryName } from './check-policy.ts'
import { type Lab, readMessage } from './lab.ts'
import { engineNames } from './network-engines.ts'
import { failed, type Outcome, PASSED } from './selftest-report.ts'

export interface SocketParts {
  readonly listeners: readonly Listener[]
  /** By which the stages know who asks, so that nothing is counted and nobody is alarmed. */
  readonly selfMark: Uint8Array
}

/** What our blocks say of themselves, each in words of its own (RFC 8914 section 4). */
const BLOCK_CODES: readonly number[] = [EDE.BLOCKED, EDE.CENSORED, EDE.FILTERED]

/** One lost datagram is no fault of the box; two in a row are. */
const TRIES = 2
/** Clients' own questions come first: one at a time, with a pause after some. */
const QUESTIONS_A_TURN = 10
const PAUSE_MS = 5

interface SocketQuestion {
  readonly name: string
  readonly type: number
  readonly judge: (answer: Buffer) => Promise<Outcome>
}

/**
 * Asks the box as a device in a network does: over UDP, from an address of this machine there. The canary of every category must be blocked or not, and each engine
 * led, just as in the process; and that this is what the policy says is looked at there. `lab` asks as that address. Ends where no answer comes.
 */
export async function overSocket(
  from: string,
  group: ReadyGroup,
  lab: Lab,
  { listeners, selfMark }: SocketParts,
): Promise<readonly Outcome[]> {
  const to = listenerFor(from, listeners)
  if (!to) return [failed(`nothing listens for ${from}`)]
  const outcomes: Outcome[] = []
  let asked = 0
  for (const { name, type, judge } of [...canaries(group, lab), ...engines(group, lab)]) {
    if (++asked % QUESTIONS_A_TURN === 0) await sleep(PAUSE_MS)
    const answer = await askTwice({ from, to, name, type, mark: selfMark })
    if (!answer) return [...outcomes, failed(`no answer over UDP from ${from}`)]
    const outcome = await judge(answer)
    outcomes.push(
      outcome.kind === 'failed' ? failed(`${outcome.text}, over UDP from ${from}`) : outcome,
    )
  }
  return outcomes
}

async function askTwice(question: Parameters<typeof askFrom>[0]): Promise<Buffer | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await askFrom(question)
    if (answer) return answer
  }
  return undefined
}

function canaries({ group }: ReadyGroup, lab: Lab): readonly SocketQuestion[] {
  return CATEGORIES.map(({ id }) => {
    const name = canaryName(id)
    return {
      name,
      type: TYPE.A,
      judge: async (answer) => {
        const { verdict } = await lab.ask(group, name, TYPE.A)
        const [isBlocked, isExpected] = [isBlock(answer), verdict?.kind === 'block']
        if (isBlocked === isExpected) return PASSED
        return failed(`${id} is ${isBlocked ? 'blocked' : 'not blocked'}, against the policy`)
      },
    }
  })
}

/** By the alias alone, which takes no upstream, and as a browser asks where its target can be reached. */
function engines(group: ReadyGroup, lab: Lab): readonly SocketQuestion[] {
  return engineNames(group).flatMap((one) => {
    const { name, target = name } = one
    const types = lab.targets.get(target)?.kind === 'resolves' ? [TYPE.CNAME, TYPE.A] : [TYPE.CNAME]
    return types.map((type) => ({ name, type, judge: judgeEngine(one, type, group, lab) }))
  })
}

function judgeEngine(
  { name, target = name }: CuratedName,
  type: number,
  { group }: ReadyGroup,
  lab: Lab,
): SocketQuestion['judge'] {
  return async (answer) => {
    if (isBlock(answer)) {
      const { verdict } = await lab.ask(group, name, type)
      return verdict?.kind === 'block' ? PASSED : failed(`${name} is blocked, against the policy`)
    }
    const { alias, rcode } = readMessage(answer)
    if (alias !== target) return failed(`${name} is not led to ${target}`)
    return rcode === RCODE.NOERROR ? PASSED : failed(`${name} is answered with rcode ${rcode}`)
  }
}

function isBlock(answer: Buffer): boolean {
  const opt = recordsOf(answer).find(({ type }) => type === TYPE.OPT)
  const error = opt && errorIn(answer.subarray(opt.dataStart, opt.end))
  return error !== undefined && BLOCK_CODES.includes(error.code)
}

/** Where this machine is asked at, from an address of its own: there, if anything listens there. */
function listenerFor(from: string, listeners: readonly Listener[]): Endpoint | undefined {
  const isIpv6 = from.includes(':')
  const ours = listeners.filter(
    ({ transport, address }) => transport === 'udp' && address.includes(':') === isIpv6,
  )
  const there = ours.find(({ address }) => address === from)
  const any = ours.find(({ address }) => address === '0.0.0.0' || address === '::')
  if (!there && any) return { address: from, port: any.port }
  const one = there ?? ours[0]
  return one && { address: one.address, port: one.port }
}
