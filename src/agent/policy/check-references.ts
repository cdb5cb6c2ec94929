import { type Complaint, type ConfigPath, complaint, keyComplaint } from './complaint.ts'
import type { Config } from './config.ts'
import { SHORT_NAME } from './fields.ts'
import { nearestWord } from './nearest-word.ts'
import { PROFILE_NAMES } from './profiles.ts'
import { blockOf, itemsOf } from './raw-value.ts'
import { checkBlock } from './sections/block.ts'
import { checkBlockPage } from './sections/block-page.ts'
import { checkTtlLimits } from './sections/cache.ts'
import { checkGroups } from './sections/groups.ts'
import { checkIdentity } from './sections/identity.ts'
import { checkListen, DEFAULT_LISTEN } from './sections/listen.ts'
import { checkLists } from './sections/lists.ts'
import { checkNetworks } from './sections/networks.ts'
import { checkRecursor } from './sections/recursor.ts'
import { checkScheduleNames, checkSchedules } from './sections/schedules.ts'
import { checkTimetable } from './sections/timetable.ts'
import { checkUpstreams, checkZones } from './sections/upstreams.ts'

/** What one section says of another, and what only a whole section can get wrong. */
export function checkReferences(config: Config, top: unknown): readonly Complaint[] {
  const raw = blockOf(top) ?? {}
  const named = Object.keys(blockOf(raw['groups']) ?? {}).filter((name) => SHORT_NAME.test(name))
  const known = [...new Set([...PROFILE_NAMES, ...named])]
  const listeners = config.listen?.dns ?? DEFAULT_LISTEN.dns
  return [
    ...checkListen(config.listen ?? {}),
    ...checkGroups(raw['groups']),
    ...checkTimetable(config.timetable ?? {}),
    ...itemsOf(blockOf(raw['timetable'])?.['exams']).flatMap((exam, i) =>
      itemsOf(blockOf(exam)?.['groups']).flatMap((group, j) =>
        checkGroupName(['timetable', 'exams', i, 'groups', j], group, known),
      ),
    ),
    // A timetable with a fault of its own is not said to lack what it has.
    ...(raw['timetable'] !== undefined && !config.timetable
      ? []
      : [
          ...checkSchedules(config.schedules ?? {}, config.timetable ?? {}),
          ...checkScheduleNames(raw['groups'], raw['schedules'], config.timetable ?? {}),
        ]),
    ...checkNetworks(config.networks ?? []),
    ...itemsOf(raw['networks']).flatMap((network, i) =>
      checkGroupName(['networks', i, 'group'], blockOf(network)?.['group'], known),
    ),
    ...checkIdentity(config.identity ?? {}),
    ...(['devices', 'assign'] as const).flatMap((list) =>
      itemsOf(blockOf(raw['identity'])?.[list]).flatMap((one, i) =>
        checkGroupName(['identity', list, i, 'group'], blockOf(one)?.['group'], known),
      ),
    ),
    ...itemsOf(blockOf(raw['firewall'])?.['exempt']).flatMap((group, i) =>
      checkGroupName(['firewall', 'exempt', i], group, known),
    ),
    ...(['allow', 'deny', 'deny-addresses'] as const).flatMap((section) =>
      checkRuleGroups(section, raw, known),
    ),
    ...checkBlock(raw['block']),
    ...(config.block?.page ? checkBlockPage(config.block.page) : []),
    ...Object.keys(blockOf(blockOf(raw['block'])?.['groups']) ?? {}).flatMap((group) =>
      checkGroupKey(['block', 'groups', group], group, known),
    ),
    ...checkLists(raw['lists']),
    ...checkTtlLimits(config.limits ?? {}),
    ...checkUpstreams(config.upstreams ?? [], listeners),
    ...checkRecursor(config.recursor, config.upstreams ?? [], listeners),
    ...checkZones(config.zones ?? [], listeners),
  ]
}

function checkRuleGroups(
  section: 'allow' | 'deny' | 'deny-addresses',
  raw: Readonly<Record<string, unknown>>,
  known: readonly string[],
): readonly Complaint[] {
  return itemsOf(raw[section]).flatMap((rule, i) =>
    itemsOf(blockOf(rule)?.['groups']).flatMap((group, j) =>
      checkGroupName([section, i, 'groups', j], group, known),
    ),
  )
}

function checkGroupName(
  path: ConfigPath,
  group: unknown,
  known: readonly string[],
): readonly Complaint[] {
  if (typeof group !== 'string' || known.includes(group)) return []
  return [complaint(path, known.join(', '), unknownGroup(group, known))]
}

function checkGroupKey(
  path: ConfigPath,
  group: string,
  known: readonly string[],
): readonly Complaint[] {
  if (known.includes(group)) return []
  return [keyComplaint(path, known.join(', '), unknownGroup(group, known))]
}

function unknownGroup(group: string, known: readonly string[]): string {
  const near = nearestWord(group, known)
  return near === undefined ? 'no such group' : `no such group, did you mean ${near}?`
}
