import type { Registry } from 'prom-client'
import type { MetricFamily, MetricSample } from '#domain/ingest.ts'

/** Samples of one registry that are told to the collector; more means that a label is not bounded. */
const SAMPLES_MAX = 300

/** What a registry holds, in the form in which it is told to the collector. Histograms keep their sum and count only. */
export async function readFamilies(registry: Registry): Promise<MetricFamily[]> {
  const families: MetricFamily[] = []
  let left = SAMPLES_MAX
  for (const { name, help, type, values } of await registry.getMetricsAsJSON()) {
    const family = { name, help, type: String(type) }
    if (!isKnownType(family.type)) continue
    const samples = values.flatMap((value) => readSample(name, family.type, value)).slice(0, left)
    left -= samples.length
    families.push({ name, help, type: family.type, samples })
  }
  return families
}

function readSample(
  name: string,
  type: string,
  value: {
    readonly value: number
    readonly labels: Partial<Record<string, string | number>>
    readonly metricName?: string
  },
): MetricSample[] {
  const sampleName = value.metricName ?? name
  if (!Number.isFinite(value.value)) return []
  if (type === 'histogram' && sampleName.endsWith('_bucket')) return []
  const labels = Object.fromEntries(
    Object.entries(value.labels).map(([key, text]) => [key, String(text)]),
  )
  return [{ name: sampleName, labels, value: value.value }]
}

function isKnownType(type: string): type is MetricFamily['type'] {
  return type === 'counter' || type === 'gauge' || type === 'histogram'
}
