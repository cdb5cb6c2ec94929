import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { RELEASE_MINUTES_MAX } from '#domain/release-told.ts'
import { askAgent, tellNoAnswer } from './ask-agent.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { readReply } from './read-reply.ts'
import { type ReleaseReply, releaseReply, releasesReply } from './release-reply.ts'
import { printable, printableJson } from './terminal-text.ts'
import { whoAsks } from './who-asks.ts'

export const releaseCommand: Command = {
  usage: 'release --group NAME (--category ID | --name NAME) --minutes N --reason TEXT [options]',
  about:
    'Opens a category or a name (with all below it) for a group, for a lesson at most; it ends by itself, also over a restart. Who and why is recorded and sent to the collector. What is locked, bypass.* and what the school denies is never released. With --list: what is released; with --end ID: ends it.',
  options: {
    group: { value: 'NAME', help: 'for whom' },
    category: { value: 'ID', help: 'what: a category, for example media.games' },
    name: { value: 'NAME', help: 'what: a domain name with all below it' },
    minutes: { value: 'N', help: `for how long, at most ${RELEASE_MINUTES_MAX}` },
    reason: { value: 'TEXT', help: 'why; recorded' },
    who: { value: 'NAME', help: 'who asked for it (default: the user of this terminal)' },
    list: { help: 'show what is released' },
    end: { value: 'ID', help: 'end a release now' },
    state: STATE_OPTION,
    json: JSON_OPTION,
  },
  positionals: [0, 0],
  run: runRelease,
}

async function runRelease(invocation: Invocation): Promise<ExitCode> {
  if (invocation.switches.has('list')) return listReleases(invocation)
  const id = valueOf(invocation, 'end')
  const body = id === undefined ? readGrant(invocation) : { id, who: whoAsks(invocation) }
  if (isFailure(body)) {
    invocation.complain(body.detail)
    return EXIT.usage
  }
  const path = id === undefined ? CONTROL_PATHS.grantRelease : CONTROL_PATHS.endRelease
  const told = await askAgent(invocation, { method: 'POST', path, body })
  if (isFailure(told)) return tellNoAnswer(invocation, told)
  const release = readReply(releaseReply, told.reply)
  if (isFailure(release)) return tellNoAnswer(invocation, release)
  if (invocation.switches.has('json')) invocation.say(printableJson(release))
  else invocation.say(`${id === undefined ? 'released' : 'ended'}: ${releaseLine(release)}`)
  return EXIT.ok
}

async function listReleases(invocation: Invocation): Promise<ExitCode> {
  const told = await askAgent(invocation, { method: 'GET', path: CONTROL_PATHS.releases })
  if (isFailure(told)) return tellNoAnswer(invocation, told)
  const answer = readReply(releasesReply, told.reply)
  if (isFailure(answer)) return tellNoAnswer(invocation, answer)
  const { releases } = answer
  if (invocation.switches.has('json')) invocation.say(printableJson(answer))
  else if (releases.length === 0) invocation.say('nothing is released')
  else for (const release of releases) invocation.say(releaseLine(release))
  return EXIT.ok
}

/** One release as one line, fit for a terminal. */
export function releaseLine(release: ReleaseReply): string {
  const { id, group, target, until, who, reason, counts } = release
  const frozen = counts ? '' : ' (does not count during exams)'
  return printable(`${id}  ${target} for ${group} until ${until} by ${who}: ${reason}${frozen}`)
}

function readGrant(invocation: Invocation): object | Failure<'usage'> {
  const group = valueOf(invocation, 'group')
  const category = valueOf(invocation, 'category')
  const name = valueOf(invocation, 'name')
  const reason = (valueOf(invocation, 'reason') ?? '').trim()
  const minutes = Number(valueOf(invocation, 'minutes'))
  if (group === undefined) return failure('usage', '--group NAME is missing')
  if ((category === undefined) === (name === undefined))
    return failure('usage', 'one of --category ID and --name NAME is needed')
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > RELEASE_MINUTES_MAX)
    return failure('usage', `--minutes is a whole number from 1 to ${RELEASE_MINUTES_MAX}`)
  if (reason.length < 5)
    return failure('usage', '--reason TEXT is needed: a few words that will be recorded')
  const target =
    category === undefined ? { kind: 'name', value: name } : { kind: 'category', value: category }
  return { group, target, minutes, reason, who: whoAsks(invocation) }
}
