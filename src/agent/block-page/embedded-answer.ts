/** What a browser asks for when it is not about to show a page. */
export interface RequestKind {
  readonly accept: string | undefined
  /** Sec-Fetch-Dest (Fetch Metadata); browsers leave it out on plain HTTP. */
  readonly destination: string | undefined
  readonly path: string
}

const TYPES: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/\.css$/, 'text/css'],
  [/\.m?js$/, 'text/javascript'],
  [/\.(png|jpe?g|gif|webp|avif|svg|ico)$/, 'image/svg+xml'],
  [/\.json$/, 'application/json'],
]

/** Whether whoever asks would show a page; a picture, script or frame within another page stays empty and quiet. */
export function isForPage({ accept, destination }: RequestKind): boolean {
  if (destination !== undefined) return destination === 'document'
  return accept === undefined || /\btext\/html\b|\bapplication\/xhtml\+xml\b/.test(accept)
}

/** The type of the empty answer to the rest, so that a browser does not complain about it as well. */
export function embeddedType({ accept = '', path }: RequestKind): string {
  const bare = path.split(/[?#]/, 1)[0]?.toLowerCase() ?? ''
  const byPath = TYPES.find(([pattern]) => pattern.test(bare))
  if (byPath) return byPath[1]
  if (accept.startsWith('text/css')) return 'text/css'
  return accept.startsWith('image/') ? 'image/svg+xml' : 'text/plain'
}
