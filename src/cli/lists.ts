import { setTimeout as sleep } from 'node:timers/promises'
import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { askAgent, tellNoAnswer } from './ask-agent.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import type { NoAnswer } from './control-client.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { listLines } from './list-lines.ts'
import { type ListReply, listReply, listsReply } from './list-replies.ts'
import { readReply } from './read-reply.ts'
import { printableJson } from './terminal-text.ts'
import { whoAsks } from './who-asks.ts'

export const listsCommand: Command = {
  usage: 'lists [options]',
  about:
    'Tells of each list of the configuration: whether it is in force, since when, with which licence, what of it was refused and what to do. A new version that changed by more than 30 % waits until somebody accepts it; who did is recorded and sent to the collector.',
  options: {
    refresh: { value: 'ID', help: 'look for a new version of this list now' },
    accept: { value: 'ID', help: 'put the version of this list in force that waits for a word' },
    who: { value: 'NAME', help: 'who accepts it (default: the user of this terminal)' },
    state: STATE_OPTION,
    json: JSON_OPTION,
  },
  positionals: [0, 0],
  run: runLists,
}

/** How long a refresh is waited for before its beginning is told instead of its end. */
const REFRESH_WAIT_MS = 30_000
const POLL_MS = 200

async function runLists(invocation: Invocation): Promise<ExitCode> {
  const refresh = valueOf(invocation, 'refresh')
  const accept = valueOf(invocation, 'accept')
  if (refresh !== undefined && accept !== undefined) {
    invocation.complain('one of --refresh and --accept at a time')
    return EXIT.usage
  }
  if (refresh !== undefined) return tell(invocation, await refreshed(invocation, refresh))
  if (accept === undefined) return tell(invocation, await all(invocation))
  const body = { id: accept, who: whoAsks(invocation) }
  return tell(invocation, await askOne(invocation, CONTROL_PATHS.acceptList, body))
}

function tell(invocation: Invocation, lists: readonly ListReply[] | NoAnswer): ExitCode {
  if (isFailure(lists)) return tellNoAnswer(invocation, lists)
  const { say, switches } = invocation
  if (switches.has('json')) say(printableJson({ lists }))
  else if (lists.length === 0) say('no lists are configured: the shipped sets alone are in force')
  else for (const line of lists.flatMap((list) => listLines(list, systemClock))) say(line)
  return lists.every(isWell) ? EXIT.ok : EXIT.foundWrong
}

function isWell({ state, isStale, inForce }: ListReply): boolean {
  const isFine = state === 'in-force' || state === 'failing' || state === 'waiting'
  return isFine && !isStale && (inForce?.guards.length ?? 0) === 0
}

async function all(invocation: Invocation): Promise<readonly ListReply[] | NoAnswer> {
  const told = await askAgent(invocation, { method: 'GET', path: CONTROL_PATHS.lists })
  if (isFailure(told)) return told
  const answer = readReply(listsReply, told.reply)
  return isFailure(answer) ? answer : answer.lists
}

async function askOne(
  invocation: Invocation,
  path: string,
  body: object,
): Promise<readonly ListReply[] | NoAnswer> {
  const told = await askAgent(invocation, { method: 'POST', path, body })
  if (isFailure(told)) return told
  const list = readReply(listReply, told.reply)
  return isFailure(list) ? list : [list]
}

/** Asks for a new version, and waits for what comes of it for a while. */
async function refreshed(
  invocation: Invocation,
  id: string,
): Promise<readonly ListReply[] | NoAnswer> {
  const asked = await askOne(invocation, CONTROL_PATHS.refreshList, { id })
  if (isFailure(asked)) return asked
  const before = asked[0]?.triedAt
  const giveUpAt = systemClock.monotonicMs() + REFRESH_WAIT_MS
  for (;;) {
    await sleep(POLL_MS)
    const now = await all(invocation)
    if (isFailure(now)) return now
    const list = now.filter((one) => one.id === id)
    if (list[0]?.triedAt !== before) return list
    if (systemClock.monotonicMs() < giveUpAt) continue
    invocation.complain(
      `list ${id} is still being looked at; supercloud-edge lists tells more later`,
    )
    return list
  }
}
