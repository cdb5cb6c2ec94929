/**
 * The appliances' own series, for a Prometheus that cannot reach into schools: the last status report of each box with
 * an `appliance` label. What a box sends is hostile: names are checked, series are counted, labels escaped.
 */
import type { MetricFamily, StatusReport } from '#domain/ingest.ts'
import { helpText, isGoodFamily, isGoodSample, labelText } from './metric-names.ts'

export interface FleetSource {
  readonly appliance: string
  readonly heardAt: number
  readonly report: StatusReport
}

export interface FleetBounds {
  readonly nowMs: number
  readonly staleAfterMs: number
  readonly seriesPerApplianceMax: number
}

interface Merged {
  readonly type: MetricFamily['type']
  readonly help: string
  readonly lines: string[]
}

/** Prometheus text. Where two boxes disagree on a family's type, the first heard wins and the other's is left out. */
export function fleetMetricsText(sources: readonly FleetSource[], bounds: FleetBounds): string {
  const families = new Map<string, Merged>()
  for (const source of sources) {
    if (bounds.nowMs - source.heardAt > bounds.staleAfterMs) continue
    addSource(families, source, bounds.seriesPerApplianceMax)
  }
  const texts = [...families].map(([name, { type, help, lines }]) =>
    [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n'),
  )
  return texts.length === 0 ? '' : `${texts.join('\n')}\n`
}

function addSource(families: Map<string, Merged>, source: FleetSource, seriesMax: number): void {
  let left = seriesMax
  const seen = new Set<string>()
  for (const family of source.report.metrics) {
    if (seen.has(family.name) || !isGoodFamily(family)) continue
    seen.add(family.name)
    const lines = linesOf(family, source.appliance)
    if (lines.length === 0 || lines.length > left) continue
    const merged = families.get(family.name)
    if (merged === undefined)
      families.set(family.name, { type: family.type, help: helpText(family.help), lines })
    else if (merged.type === family.type) merged.lines.push(...lines)
    else continue
    left -= lines.length
  }
}

function linesOf(family: MetricFamily, appliance: string): string[] {
  const lines = new Map<string, string>()
  for (const sample of family.samples) {
    if (!isGoodSample(family, sample)) continue
    const series = `${sample.name}${labelText({ ...sample.labels, appliance })}`
    if (!lines.has(series)) lines.set(series, `${series} ${sample.value}`)
  }
  return [...lines.values()]
}
