/** Reads the text format of Prometheus 0.0.4 as strictly as it is written; throws at the first line that is none of it. */
const COMMENT = /^# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+$/
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (?:[-+]?[0-9.]+(?:e[-+]?[0-9]+)?|NaN|[-+]?Inf)$/i
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/

export interface StrictMetrics {
  readonly names: ReadonlySet<string>
  /** Values of all labels. */
  readonly labels: ReadonlySet<string>
}

export function parseMetrics(text: string): StrictMetrics {
  const names = new Set<string>()
  const labels = new Set<string>()
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '' || COMMENT.test(line)) continue
    const [, name = '', inner = ''] = SAMPLE.exec(line) ?? []
    if (name === '') throw new Error(`no sample: ${JSON.stringify(line)}`)
    names.add(name)
    for (let rest = inner; rest !== ''; ) {
      const found = LABEL.exec(rest)
      if (!found) throw new Error(`no label: ${JSON.stringify(rest)}`)
      labels.add(found[2] ?? '')
      rest = rest.slice(found[0].length)
    }
  }
  return { names, labels }
}
