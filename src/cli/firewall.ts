import {
  FIREWALL_TABLE,
  type FirewallPlan,
  firewallText,
  planFirewall,
} from '#agent/firewall/make-rules.ts'
import { adviceLines } from '#agent/firewall/other-firewalls.ts'
import { isRefused } from '#agent/policy/config.ts'
import { findConfig, loadConfig } from '#agent/policy/config-source.ts'
import { describeProblem } from '#agent/policy/problem.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { CONFIG_OPTION, type Command, type Invocation, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { applyRules, asListed, isForwarding, standingTable } from './nftables.ts'
import { printable } from './terminal-text.ts'

/** Lines of difference that are shown. */
const SHOWN_MAX = 40
const ACTIONS = ['check', 'apply', 'undo'] as const

export const firewallCommand: Command = {
  usage: 'firewall [--check | --apply | --undo] [options]',
  about: `Rules of nftables that make the filter count on a box that routes: port 53 of the networks in the configuration comes to this box, and port 853 and the known addresses of public resolvers on port 443 are refused. Prints them, with the same in words for other firewalls, and changes nothing unless told to. All rules stand in one table, inet ${FIREWALL_TABLE}, and see only packets that the box forwards.`,
  options: {
    check: { help: 'tell what differs from the rules that stand; ends with 1 if anything does' },
    apply: { help: 'put the rules in force, all or none, in place of older ones of ours' },
    undo: { help: 'take away what --apply made, and nothing else' },
    config: CONFIG_OPTION,
  },
  positionals: [0, 0],
  run: (invocation) => Promise.resolve(runFirewall(invocation)),
}

function runFirewall(invocation: Invocation): ExitCode {
  const { switches, complain } = invocation
  const asked = ACTIONS.filter((action) => switches.has(action))
  if (asked.length > 1) {
    complain(`--${asked.join(' and --')} cannot both be given`)
    return EXIT.usage
  }
  const done = asked[0] === 'undo' ? undo(invocation) : withPlan(invocation, asked[0])
  if (!isFailure(done)) return done
  complain(printable(done.detail))
  return EXIT.foundWrong
}

function withPlan(
  invocation: Invocation,
  action: 'check' | 'apply' | undefined,
): ExitCode | Failure {
  const { environment, folder, complain } = invocation
  const flag = valueOf(invocation, 'config')
  const config = loadConfig(findConfig({ flag, environment: environment.configFile, folder }))
  if (isRefused(config)) {
    for (const problem of config.problems)
      complain(printable(describeProblem(config.file, problem)))
    return failure('refused', 'the configuration is refused; nothing was changed')
  }
  const plan = planFirewall(config)
  if (isFailure(plan)) return plan
  if (action === undefined) return print(invocation, plan)
  return action === 'check' ? check(invocation, plan) : apply(invocation, plan)
}

function print({ say }: Invocation, plan: FirewallPlan): ExitCode {
  for (const line of firewallText(plan).split('\n')) say(line)
  for (const line of adviceLines(plan)) say(`# ${line}`)
  return EXIT.ok
}

function apply({ say }: Invocation, plan: FirewallPlan): ExitCode | Failure {
  const standing = standingTable()
  if (isFailure(standing)) return standing
  if (standing.kind === 'others') return notOurs()
  const refused = applyRules(firewallText(plan))
  if (refused) return refused
  say(standing.kind === 'none' ? 'in force' : 'in force, in place of the rules before')
  say('they are gone after a restart of the machine: have this command run at each start')
  tellForwarding(say)
  return EXIT.ok
}

function undo({ say }: Invocation): ExitCode | Failure {
  const standing = standingTable()
  if (isFailure(standing)) return standing
  if (standing.kind === 'others') return notOurs()
  if (standing.kind === 'none') {
    say('there is nothing to undo')
    return EXIT.ok
  }
  const refused = applyRules(`delete table inet ${FIREWALL_TABLE}\n`)
  if (refused) return refused
  say(`table inet ${FIREWALL_TABLE} is gone; nothing else was touched`)
  return EXIT.ok
}

function check({ say }: Invocation, plan: FirewallPlan): ExitCode | Failure {
  const standing = standingTable()
  if (isFailure(standing)) return standing
  if (standing.kind === 'others') return notOurs()
  if (standing.kind === 'none') {
    say('not in force: run supercloud-edge firewall --apply')
    return EXIT.foundWrong
  }
  const wanted = asListed(firewallText(plan))
  if (isFailure(wanted)) return wanted
  const lines = differences(standing.text, wanted)
  for (const line of lines.slice(0, SHOWN_MAX)) say(printable(line))
  if (lines.length > SHOWN_MAX) say(`and ${lines.length - SHOWN_MAX} more`)
  say(lines.length === 0 ? 'in force, as the configuration says' : 'differs: - stands, + should')
  tellForwarding(say)
  return lines.length === 0 ? EXIT.ok : EXIT.foundWrong
}

/** Lines that only one of the two has. */
function differences(standing: string, wanted: string): readonly string[] {
  const [now, then] = [standing.split('\n'), wanted.split('\n')]
  return [
    ...now.filter((line) => !then.includes(line)).map((line) => `- ${line.trim()}`),
    ...then.filter((line) => !now.includes(line)).map((line) => `+ ${line.trim()}`),
  ]
}

function tellForwarding(say: Invocation['say']): void {
  if (!isForwarding())
    say(
      'this box forwards no packets, so no client passes these rules: see the words for other firewalls',
    )
}

function notOurs(): Failure<'refused'> {
  return failure(
    'refused',
    `table inet ${FIREWALL_TABLE} was not made by this command: rename or delete it first; nothing was changed`,
  )
}
