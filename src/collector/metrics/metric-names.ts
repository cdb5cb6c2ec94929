import type { MetricFamily, MetricSample } from '#domain/ingest.ts'

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,99}$/
const LABELS_MAX = 8
const LABEL_LENGTH_MAX = 200
/** Suffixes that belong to counters and histograms; a gauge so named would be read as one of them. */
const RESERVED = /_(total|count|sum|bucket|info)$/

/** Whether a family's name and type follow Prometheus' conventions. */
export function isGoodFamily({ name, type }: MetricFamily): boolean {
  if (!METRIC_NAME.test(name)) return false
  if (type === 'counter') return name.endsWith('_total')
  return type === 'gauge' ? !RESERVED.test(name) || name.endsWith('_info') : !RESERVED.test(name)
}

/** Whether a sample may be exported in its family; `appliance` is a label that only the collector may set. */
export function isGoodSample(family: MetricFamily, { name, labels, value }: MetricSample): boolean {
  if (!sampleNames(family).includes(name) || !Number.isFinite(value)) return false
  const names = Object.keys(labels)
  if (names.length > LABELS_MAX) return false
  if (family.type === 'histogram' && name.endsWith('_bucket') !== names.includes('le')) return false
  return names.every((one) => LABEL_NAME.test(one) && one !== 'appliance')
}

/** The label set as Prometheus text, values cut and escaped. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return `{${parts.join(',')}}`
}

/** One line of HELP. */
export function helpText(help: string): string {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').trim()
  return text === '' ? 'The appliance gave no help.' : text
}

function sampleNames({ name, type }: MetricFamily): readonly string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
}

function escapeLabel(value: string): string {
  return value
    .slice(0, LABEL_LENGTH_MAX)
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('"', '\\"')
}
