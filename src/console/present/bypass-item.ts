import {
  BYPASS_REASONS,
  type BypassEvidence,
  type BypassNoticed,
  type BypassReason,
  type BypassSign,
  type RogueServerNoticed,
} from '#domain/bypass-event.ts'
import { defang } from './defang.ts'
import { plainText } from './plain-text.ts'
import { plural, type ShownTime } from './plain-time.ts'
import { type Badge, severityBadge } from './severity-badge.ts'
import type { Wording } from './wording.ts'

/** One device that goes round the filter, or one stranger that plays a server, in words; all strings are text, none is HTML. */
export interface BypassItem {
  readonly grade: Badge
  readonly when: ShownTime
  readonly sentence: string
  readonly evidence: readonly string[]
}

const SAMPLE_CHARS_MAX = 80

const SIGN_WORDS: Readonly<Record<BypassSign, readonly [what: string, of: string]>> = {
  'doh-looked-up': ['looked up encrypted DNS services, which was blocked', 'lookup'],
  'vpn-looked-up': ['looked up VPNs, which was blocked', 'lookup'],
  'proxy-looked-up': ['looked up web proxies, which was blocked', 'lookup'],
  'dns-elsewhere': ['asked another DNS server', 'packet'],
  'dot-elsewhere': ['connected to another DNS server over TLS', 'packet'],
  'doh-elsewhere': ['connected to another DNS server over HTTPS', 'packet'],
  'vpn-used': ['sent to a VPN', 'packet'],
  'tor-used': ['sent to Tor', 'packet'],
  'fell-silent': ['stopped asking this box while it was still there', 'time'],
  'looked-up-after-block': ['of these lookups, soon after something else was blocked', 'lookup'],
  'used-after-block': ['of this traffic, soon after a lookup was blocked', 'packet'],
}

/** Puts the event of one device and hour into words. It says what a device did, not who had it in hand. */
export function bypassItem(body: BypassNoticed, { time, nowMs }: Wording): BypassItem {
  const name = plainText(body.client.device ?? '', SAMPLE_CHARS_MAX)
  const address = plainText(body.client.address, 64)
  const who = name === '' ? address : `${name} (${address})`
  const why = isReason(body.rule) ? BYPASS_REASONS[body.rule] : plainText(body.rule, 60)
  return {
    grade: severityBadge(body.grade),
    when: time.at(body.lastAt, nowMs),
    sentence: `${who} in group ${plainText(body.group, 80)}: ${why}.`,
    evidence: body.evidence.map(evidenceText),
  }
}

export function rogueItem(body: RogueServerNoticed, { time, nowMs }: Wording): BypassItem {
  const part = body.part === 'dhcp' ? 'hands out addresses (DHCP)' : 'says that it is the router'
  return {
    grade: severityBadge('high'),
    when: time.at(body.lastAt, nowMs),
    sentence: `${plainText(body.address, 64)} (${body.mac}) ${part}, and the configuration does not know it.`,
    evidence: body.detail === '' ? [] : [plainText(body.detail, 200)],
  }
}

function evidenceText({ sign, count, samples }: BypassEvidence): string {
  const [what, of] = SIGN_WORDS[sign]
  const shown = samples.map((sample) => defang(plainText(sample, SAMPLE_CHARS_MAX)))
  const text = `${what}: ${plural(count, of)}`
  return shown.length === 0 ? text : `${text} (${shown.join(', ')})`
}

function isReason(rule: string): rule is BypassReason {
  return Object.hasOwn(BYPASS_REASONS, rule)
}
