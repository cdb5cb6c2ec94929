import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import type { ReadyBlock } from './ready-config.ts'

/** What of the block page fits together badly, in words; none of it is wrong. */
export function blockPageNotes(block: ReadyBlock): readonly string[] {
  const { address, page } = block
  const led = [address.v4, address.v6].flatMap((bytes) => (bytes ? [formatAddress(bytes)] : []))
  if (!page)
    return led.length === 0
      ? []
      : [`block.address leads to ${led.join(' and ')}, and no block.page is served by this box`]
  if (led.length === 0) return ['block.page is served, and no block.address leads to it']
  const notes: string[] = []
  if (!isEverAddress(block))
    notes.push('block.page is served, and no block is answered with "address", so nobody sees it')
  for (const one of led)
    if (!page.listen.some((endpoint) => isReached(endpoint.address, one)))
      notes.push(`block.address ${one} is not among block.page.listen: is that another machine?`)
  if (page.contact === '')
    notes.push('block.page.contact is empty: the page cannot say whom to ask')
  return notes
}

function isEverAddress({ answer, categories, groups }: ReadyBlock): boolean {
  const all = [{ answer, categories }, ...groups.values()]
  return all.some(
    (one) => one.answer === 'address' || [...one.categories.values()].includes('address'),
  )
}

function isReached(listened: string, led: string): boolean {
  if (listened === '0.0.0.0') return !led.includes(':')
  if (listened === '::') return led.includes(':')
  const bytes = parseAddress(listened)
  return bytes !== undefined && formatAddress(bytes) === led
}
