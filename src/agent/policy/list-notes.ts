import { literalFault } from '../supply/fetch/checked-addresses.ts'
import type { ReadyDownloads, ReadyList } from './ready-config.ts'

/** Addresses of lists that can never be asked, because they lie inside and the file does not say that they may. */
export function listNotes(
  lists: readonly ReadyList[],
  { privateHosts }: ReadyDownloads,
): readonly string[] {
  return lists.flatMap(({ id, origin }) => {
    if (origin.kind === 'file') return []
    const signature = origin.signature?.url
    const urls = signature === undefined ? origin.urls : [...origin.urls, signature]
    return urls
      .filter((url) => literalFault(new URL(url).hostname, { privateHosts }))
      .map(
        (url) =>
          `list ${id}: ${url} is not on the internet and is never asked; a mirror of your own belongs in downloads.private-hosts`,
      )
  })
}
