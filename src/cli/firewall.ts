import {
  FIREWALL_TABLE,
  type FirewallPlan,
  firewallText,
  isGuarding,
  planFirewall,
} from '#agent/firewall/make-rules.ts'
import { adviceLines } from '#agent/firewall/other-firewalls.ts'
import { readAllOwners } from '#agent/identity/feeds/owners/read-all-owners.ts'
import type { Owner } from '#agent/identity/feeds/owners/read-owner.ts'
import { readOwnerFile } from '#agent/identity/feeds/owners/read-owner-file.ts'
import { isRefused } from '#agent/policy/config.ts'
import { findConfig, loadConfig } from '#agent/policy/config-source.ts'
import { describeProblem } from '#agent/policy/problem.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { CONFIG_OPTION, type Command, type Invocation, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { forgetRules, isUnitEnabled, KEPT_RULES, keepRules, readKeptRules } from './kept-rules.ts'
import { applyRules, asListed, isForwarding, standingTable } from './nftables.ts'
import { printable } from './terminal-text.ts'

/** Lines of difference that are shown. */
const SHOWN_MAX = 40
const ACTIONS = ['check', 'apply', 'undo'] as const

export const firewallCommand: Command = {
  usage: 'firewall [--check | --apply [--keep] | --undo] [options]',
  about: `Rules of nftables that make the filter count on a box that routes: port 53 of the networks in the configuration comes to this box, and port 853 and the known addresses of public resolvers on port 443 are refused. Prints them, with the same in words for other firewalls, and changes nothing unless told to. All rules stand in one table, inet ${FIREWALL_TABLE}, and see only packets that the box forwards.`,
  options: {
    check: { help: 'tell what differs from the rules that stand; ends with 1 if anything does' },
    apply: { help: 'put the rules in force, all or none, in place of older ones of ours' },
    keep: { help: 'with --apply: also after each start of the machine (supercloud-edge-firewall)' },
    undo: { help: 'take away what --apply made, and nothing else' },
    config: CONFIG_OPTION,
  },
  positionals: [0, 0],
  run: runFirewall,
}

async function runFirewall(invocation: Invocation): Promise<ExitCode> {
  const { switches, complain } = invocation
  const asked = ACTIONS.filter((action) => switches.has(action))
  if (asked.length > 1) {
    complain(`--${asked.join(' and --')} cannot both be given`)
    return EXIT.usage
  }
  if (switches.has('keep') && asked[0] !== 'apply') {
    complain('--keep goes with --apply')
    return EXIT.usage
  }
  const done = asked[0] === 'undo' ? undo(invocation) : await withPlan(invocation, asked[0])
  if (!isFailure(done)) return done
  complain(printable(done.detail))
  return EXIT.foundWrong
}

async function withPlan(
  invocation: Invocation,
  action: 'check' | 'apply' | undefined,
): Promise<ExitCode | Failure> {
  const { environment, folder, complain } = invocation
  const flag = valueOf(invocation, 'config')
  const config = loadConfig(findConfig({ flag, environment: environment.configFile, folder }))
  if (isRefused(config)) {
    for (const problem of config.problems)
      complain(printable(describeProblem(config.file, problem)))
    return failure('refused', 'the configuration is refused; nothing was changed')
  }
  const owners = await importedOwners(config)
  if (isFailure(owners)) return owners
  const plan = planFirewall(config, owners)
  if (isFailure(plan)) return plan
  if (action === undefined) return print(invocation, plan)
  return action === 'check' ? check(invocation, plan) : apply(invocation, plan)
}

/** Of the import of owners, where it makes a difference who is who. Rules without it would leave out whom it names, so a file of no use is a failure. */
async function importedOwners({
  identity: { ownersFile: file },
  firewall,
  groups,
}: ReadyConfig): Promise<readonly Owner[] | Failure> {
  if (file === undefined || firewall.exempt.length === 0) return []
  const text = await readOwnerFile(file)
  const read = isFailure(text) ? text : readAllOwners(text, new Set(groups.keys()))
  if (!isFailure(read)) return read.owners
  return failure('refused', `identity.owners: ${file}: ${read.detail}; nothing was changed`)
}

function print({ say }: Invocation, plan: FirewallPlan): ExitCode {
  for (const line of firewallText(plan).split('\n')) say(line)
  for (const line of adviceLines(plan)) say(`# ${line}`)
  return EXIT.ok
}

function apply({ say, switches }: Invocation, plan: FirewallPlan): ExitCode | Failure {
  const standing = standingTable()
  if (isFailure(standing)) return standing
  if (standing.kind === 'others') return notOurs()
  const text = firewallText(plan)
  const refused = applyRules(text)
  if (refused) return refused
  say(standing.kind === 'none' ? 'in force' : 'in force, in place of the rules before')
  const notKept = switches.has('keep') ? keepRules(text) : undefined
  if (notKept) return notKept
  tellKept(say, text)
  tellGaps(say, plan)
  return EXIT.ok
}

function undo({ say }: Invocation): ExitCode | Failure {
  const standing = standingTable()
  if (isFailure(standing)) return standing
  if (standing.kind === 'others') return notOurs()
  const wereKept = forgetRules()
  if (isFailure(wereKept)) return wereKept
  if (wereKept) say(`${KEPT_RULES} is gone: nothing comes back when the machine starts`)
  if (standing.kind === 'none') {
    say(wereKept ? 'no rules stood' : 'there is nothing to undo')
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
  const text = firewallText(plan)
  if (standing.kind === 'none') {
    say('not in force: run supercloud-edge firewall --apply')
    tellKept(say, text)
    return EXIT.foundWrong
  }
  const wanted = asListed(text)
  if (isFailure(wanted)) return wanted
  const isSame = standing.text === wanted
  const lines = differences(standing.text, wanted)
  for (const line of lines.slice(0, SHOWN_MAX)) say(printable(line))
  if (lines.length > SHOWN_MAX) say(`and ${lines.length - SHOWN_MAX} more`)
  if (isSame) say('in force, as the configuration says')
  else say(lines.length > 0 ? 'differs: - stands, + should' : 'differs: the order, or how often')
  const isKeptWell = tellKept(say, text)
  tellGaps(say, plan)
  return isSame && isKeptWell ? EXIT.ok : EXIT.foundWrong
}

/** What the next start of the machine brings; false where that is something else than the configuration says. */
function tellKept(say: Invocation['say'], text: string): boolean {
  const kept = readKeptRules()
  if (kept === undefined) {
    say('gone after a restart of the machine, unless applied with --keep')
    return true
  }
  if (isFailure(kept)) {
    say(printable(kept.detail))
    return false
  }
  if (kept !== text) {
    say('a restart of the machine brings other rules, which were kept before: apply with --keep')
    return false
  }
  if (isUnitEnabled()) say('kept: they come back when the machine starts')
  else say('kept; to have them back at each start: systemctl enable supercloud-edge-firewall')
  return true
}

/** Lines that only one of the two has. */
function differences(standing: string, wanted: string): readonly string[] {
  const [now, then] = [standing.split('\n'), wanted.split('\n')]
  return [
    ...now.filter((line) => !then.includes(line)).map((line) => `- ${line.trim()}`),
    ...then.filter((line) => !now.includes(line)).map((line) => `+ ${line.trim()}`),
  ]
}

/** What these rules cannot do here. */
function tellGaps(say: Invocation['say'], plan: FirewallPlan): void {
  for (const one of plan.families)
    if (!isGuarding(one, plan))
      say(
        `no network of ${one.family === 'ip' ? 'IPv4' : 'IPv6'} is named, so all of it goes by untouched`,
      )
  const { exemptMacs, guardedMacs } = plan
  if (exemptMacs.length + guardedMacs.length > 0)
    say(
      `by their hardware address, where no router is between: ${exemptMacs.length} left alone, ${guardedMacs.length} guarded wherever they are`,
    )
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
