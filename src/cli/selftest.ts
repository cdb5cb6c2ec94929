import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { isFailure } from '#domain/failure.ts'
import { askAgent, tellNoAnswer } from './ask-agent.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { plural } from './plural.ts'
import { readReply } from './read-reply.ts'
import { type CheckReply, type SelftestReply, selftestReply } from './selftest-reply.ts'
import { printable, printableJson } from './terminal-text.ts'

/** Upstreams that do not answer are waited for once; the rest is quick. */
const TIMEOUT_MS = 120_000
/** What could not be checked has few reasons: some are shown for each line. */
const UNKNOWN_SHOWN_MAX = 3

export const selftestCommand: Command = {
  usage: 'selftest [options]',
  about:
    'Proves that the running agent does what it is for, by asking it as every group: each search engine and YouTube is made safe, categories are blocked as the policy says, ways round the filter are closed, help is answered, lists are fresh, the block page is there. Nothing of it is recorded. Ends with 1 when something failed, with 5 when nothing failed but something could not be checked.',
  options: {
    group: { value: 'NAME', help: 'only this group' },
    state: STATE_OPTION,
    json: JSON_OPTION,
  },
  positionals: [0, 0],
  run: runSelftestCommand,
}

async function runSelftestCommand(invocation: Invocation): Promise<ExitCode> {
  const group = valueOf(invocation, 'group')
  const told = await askAgent(invocation, {
    method: 'POST',
    path: CONTROL_PATHS.selftest,
    body: group === undefined ? {} : { group },
    timeoutMs: TIMEOUT_MS,
  })
  const report = isFailure(told) ? told : readReply(selftestReply, told.reply)
  if (isFailure(report)) return tellNoAnswer(invocation, report)
  if (invocation.switches.has('json')) invocation.say(printableJson(report))
  else for (const line of reportLines(report)) invocation.say(line)
  if (report.failed > 0) return EXIT.foundWrong
  return report.unknown > 0 ? EXIT.notKnown : EXIT.ok
}

/** One line for each check, what failed in full, and the sum. */
export function reportLines(report: SelftestReply): readonly string[] {
  const width = Math.max(0, ...report.checks.map((check) => titleOf(check).length))
  const { passed, failed, unknown, tookMs } = report
  const verdict =
    failed > 0
      ? `FAILED: ${plural(failed, 'failure')}`
      : unknown > 0
        ? 'nothing failed, but not everything could be checked'
        : 'all is well'
  const lines = report.checks.flatMap((check) => checkLines(check, width))
  return [
    ...lines,
    `${verdict}: ${passed} passed, ${failed} failed, ${unknown} unknown, in ${tookMs} ms`,
  ].map(printable)
}

function checkLines(check: CheckReply, width: number): readonly string[] {
  const { passed, failed, unknown, way } = check
  const counts = [
    `${passed} passed`,
    ...(failed.length > 0 ? [`${failed.length} FAILED`] : []),
    ...(unknown.length > 0 ? [`${unknown.length} unknown`] : []),
    ...(way === undefined ? [] : [way]),
  ]
  const more = unknown.length - UNKNOWN_SHOWN_MAX
  return [
    `${titleOf(check).padEnd(width)}  ${counts.join(', ')}`,
    ...failed.map((text) => `  failed   ${text}`),
    ...unknown.slice(0, UNKNOWN_SHOWN_MAX).map((text) => `  unknown  ${text}`),
    ...(more > 0 ? [`  unknown  and ${more} more`] : []),
  ]
}

function titleOf({ check, group }: CheckReply): string {
  return group === undefined ? check : `${check}, ${group}`
}
