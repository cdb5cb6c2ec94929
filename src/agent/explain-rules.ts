/** What `explain` says of the rules that cover a name, an address or a client. Holds hostile text of lists, which its readers escape. */
import { formatAddress } from '#domain/ip-address.ts'
import type { AddressRule } from '#rules/address-rule.ts'
import type { RuleEffect } from '#rules/list.ts'
import { conditionText } from '#rules/rule-condition.ts'
import type { TracedRule } from '#rules/rule-index.ts'
import type { ActivePolicy } from './active-policy.ts'
import type { ConsoleRule } from './console-rules/console-rule.ts'
import type { Client } from './identity/client.ts'

const SET_ASIDE = ', set aside by the rule of its list on the client'

/** Every rule on the name and on the client in turn, with its list, and what sets it aside. */
export function sayRules(
  traced: readonly TracedRule[],
  { rules: onClient }: Client,
  { rules }: ActivePolicy,
  ofConsole: readonly ConsoleRule[],
): string {
  const silenced = new Set(onClient.map((rule) => rules.addresses.listOf(rule)))
  const said = [
    ...onClient.map((rule) => `the client is in ${sayNetwork(rule, { rules })}`),
    ...traced.map((rule) => `${sayRule(rule)}${silenced.has(rule.entry.list) ? SET_ASIDE : ''}`),
    ...ofConsole.map(({ name, action }) => `${name} (subtree) in the console: school-${action}`),
  ]
  return said.length > 0 ? said.join('; ') : 'no rule matches'
}

/** A rule on a network: `192.0.2.0/24 (rpz-ip) in list zone: adult.porn`. */
export function sayNetwork(
  { trigger, bytes, prefixLength, entry }: AddressRule,
  { rules }: Pick<ActivePolicy, 'rules'>,
): string {
  const found = rules.entries[entry]
  const what = found ? effectText(found.effect) : 'nothing'
  const network = `${formatAddress(bytes)}/${prefixLength}`
  return `${isLocked(what) ? 'a locked network' : network} (rpz-${trigger}) in list ${found?.list ?? ''}: ${what}`
}

function sayRule({ rule, scope, entry, lifted }: TracedRule): string {
  const what = effectText(entry.effect)
  const shown = isLocked(what) ? 'a locked rule' : rule
  const only = conditionText(entry.condition)
  const terms = isLocked(what) || only === '' ? '' : `; ${only}`
  return `${shown} (${scope}${terms}) in list ${entry.list}: ${what}${lifted ? ', lifted by another rule of its list' : ''}`
}

function effectText(effect: RuleEffect): string {
  if (effect.kind === 'categorise') return effect.category
  return effect.kind === 'tcp-only' ? `TCP only, ${effect.category}` : effect.kind
}

/** Of what the law forbids nothing is named. */
function isLocked(what: string): boolean {
  return what.includes('illegal.')
}
