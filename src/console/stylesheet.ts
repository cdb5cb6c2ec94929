/** Ours: the packages' font is licensed for one government site alone, and must not leave here. */
const OWN_FONTS = 'var(--edge-font)'

/**
 * Takes a published stylesheet and makes it ours: no `@font-face` and nothing for print, our own typeface, only icons that we serve.
 * Crests vanish, and so do comments: they speak of the font and of source maps that are not here. `iconsKept` receives the file names of the icons that stay.
 */
export function ownStylesheet(css: string, iconsKept: Set<string>): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/@font-face\s*\{[^}]*\}/g, '')
    .replace(/@media print\s*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '')
    .replace(/(["']?)GDS Transport\1(?:\s*,\s*arial)?(?:\s*,\s*sans-serif)?/gi, OWN_FONTS)
    .replace(/url\(\s*["']?([^)"']*)["']?\s*\)/g, (whole: string, address: string) => {
      if (address.startsWith('data:')) return whole
      const icon = /^\/assets\/images\/(icon-[a-z-]+\.svg)$/.exec(address)?.[1]
      if (icon === undefined) return 'none'
      iconsKept.add(icon)
      return `url(/assets/${icon})`
    })
}
