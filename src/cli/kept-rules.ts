/**
 * Rules of the firewall that come back when the machine starts: a file of root's which `supercloud-edge-firewall.service` hands to nft. While
 * there is no file that unit does nothing, whether or not it is enabled.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { type Failure, failure } from '#domain/failure.ts'
import { writeFileDurably } from '#platform/durable-file.ts'

/** As it stands in the unit. */
export const KEPT_RULES = '/etc/supercloud-edge/firewall.nft'
const UNIT = 'supercloud-edge-firewall.service'
/** What `systemctl enable` makes of the unit. */
const ENABLED = `/etc/systemd/system/sysinit.target.wants/${UNIT}`
const ONLY_ROOT = 0o600

/** Keeps rules in place of any before, durably. */
export function keepRules(text: string): Failure<'kept-rules'> | undefined {
  try {
    writeFileDurably(KEPT_RULES, text, ONLY_ROOT)
    return undefined
  } catch (error) {
    return failed('cannot be written', error)
  }
}

/** The rules that are kept; undefined where none are. */
export function readKeptRules(): string | undefined | Failure<'kept-rules'> {
  if (!existsSync(KEPT_RULES)) return undefined
  try {
    return readFileSync(KEPT_RULES, 'utf8')
  } catch (error) {
    return failed('cannot be read', error)
  }
}

/** Keeps none any more. Whether there were some. */
export function forgetRules(): boolean | Failure<'kept-rules'> {
  if (!existsSync(KEPT_RULES)) return false
  try {
    rmSync(KEPT_RULES)
    return true
  } catch (error) {
    return failed('cannot be removed', error)
  }
}

/** Whether systemd will read them at the next start. */
export function isUnitEnabled(): boolean {
  return existsSync(ENABLED)
}

function failed(what: string, error: unknown): Failure<'kept-rules'> {
  const why = error instanceof Error ? error.message : 'unknown'
  return failure('kept-rules', `${KEPT_RULES} ${what}: ${why}`)
}
