import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { FIREWALL_MARK, FIREWALL_TABLE } from '#agent/firewall/make-rules.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'

const TIMEOUT_MS = 20_000
const OUTPUT_BYTES_MAX = 8_388_608
const NFT = 'nft'
/** Where nft is, also for a user whose own path lacks it; and in the words that are read here. */
const ENVIRONMENT = { LANG: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }

/** What stands in the kernel under our table's name. */
export type StandingTable =
  | { readonly kind: 'none' }
  | { readonly kind: 'ours'; readonly text: string }
  | { readonly kind: 'others' }

/** Puts rules in force, all or none. */
export function applyRules(text: string): Failure<'nft'> | undefined {
  const ran = runNft(['-f', '-'], text)
  return isFailure(ran) ? ran : undefined
}

/** Our table, without counts, as nft writes it. */
export function standingTable(): StandingTable | Failure<'nft'> {
  const tables = runNft(['list', 'tables', 'inet'])
  if (isFailure(tables)) return tables
  if (!tables.split('\n').includes(`table inet ${FIREWALL_TABLE}`)) return { kind: 'none' }
  const text = runNft(['-s', 'list', 'table', 'inet', FIREWALL_TABLE])
  if (isFailure(text)) return text
  return text.includes(`comment "${FIREWALL_MARK}"`) ? { kind: 'ours', text } : { kind: 'others' }
}

/** How nft would write rules back, found out in a network of their own that nobody is in. */
export function asListed(text: string): string | Failure<'nft'> {
  const script = `nft -f - && nft -s list table inet ${FIREWALL_TABLE}`
  return run('unshare', ['--net', 'sh', '-c', script], text)
}

/** Whether the box forwards packets at all; rules on forwarding see none otherwise. */
export function isForwarding(): boolean {
  return ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'].some(
    (name) => readOrNothing(`/proc/sys/net/${name}`) === '1',
  )
}

function runNft(args: readonly string[], input = ''): string | Failure<'nft'> {
  return run(NFT, args, input)
}

function run(program: string, args: readonly string[], input: string): string | Failure<'nft'> {
  const ran = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
    env: ENVIRONMENT,
  })
  if (ran.error && 'code' in ran.error && ran.error.code === 'ENOENT')
    return failure('nft', `${program} is missing: install the Debian package nftables`)
  if (ran.error) return failure('nft', `${program} cannot be run: ${ran.error.message}`)
  if (ran.status === 0) return ran.stdout
  const why = ran.stderr.trim().split('\n')[0] ?? ''
  if (process.geteuid?.() !== 0) return failure('nft', `rules take root: try with sudo (${why})`)
  return failure('nft', `${program} refused: ${why}`)
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return ''
  }
}
