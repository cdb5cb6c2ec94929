/** How to run one server of another make with a list of names. */

/** What a peer is configured with. */
export interface PeerPlan {
  /** Its own, existing. */
  readonly folder: string
  readonly port: number
  /** A second port of its own, for the peers that are told to reload over TCP. */
  readonly controlPort: number
  readonly upstreamPort: number
  /** The names, written by `namesText`. */
  readonly namesFile: string
}

export interface PeerRecipe {
  readonly name: string
  readonly program: string
  /** Arguments that make it print its version. */
  readonly versionWords: readonly string[]
  readonly config: (plan: PeerPlan) => string
  readonly words: (configFile: string, plan: PeerPlan) => readonly string[]
  /** The list in this peer's language. */
  readonly namesText: (names: Iterable<string>) => string
  /** What makes it take a new `namesFile`: a signal, a command, or nothing where it watches the file. */
  readonly reload: (plan: PeerPlan, configFile: string) => PeerReload
}

export type PeerReload =
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'command'; readonly program: string; readonly words: readonly string[] }
  | { readonly kind: 'watches' }

/** Lines of a list, each made of a name. */
export function linesOf(names: Iterable<string>, line: (name: string) => string): string {
  let text = ''
  for (const name of names) text += `${line(name)}\n`
  return text
}
