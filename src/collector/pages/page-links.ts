import type { PageLink } from '#console/device-views.ts'

/** Pages beside the current one that are offered. */
const NEAR = 1

/** Links to the pages of a list, from 1 on: the first, the last, those near, and gaps between. */
export function pageLinks(
  page: number,
  pages: number,
  href: (page: number) => string,
): {
  readonly pages: readonly PageLink[]
  readonly previousHref: string | undefined
  readonly nextHref: string | undefined
} {
  const shown = Array.from({ length: pages }, (_, index) => index + 1).filter(
    (number) => number === 1 || number === pages || Math.abs(number - page) <= NEAR,
  )
  const links = shown.flatMap((number, index): PageLink[] => {
    const before = shown[index - 1] ?? 0
    const link = { number, href: href(number), current: number === page }
    return number - before > 1 ? [{ ellipsis: true }, link] : [link]
  })
  return {
    pages: pages > 1 ? links : [],
    previousHref: page > 1 && pages > 0 ? href(Math.min(page - 1, pages)) : undefined,
    nextHref: page < pages ? href(page + 1) : undefined,
  }
}
