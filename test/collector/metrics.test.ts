import { spawnSync } from 'node:child_process'
import t from 'tap'
import type { MetricFamily } from '#domain/ingest.ts'
import { lookup, makeStatus } from '../support/collector-client.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const promtool = spawnSync('promtool', ['--version']).error === undefined
const skip = promtool ? false : 'needs promtool: the Debian package `prometheus`'

const gauge = (name: string, labels: Record<string, string> = {}): MetricFamily => ({
  name,
  help: 'A test.',
  type: 'gauge',
  samples: [{ name, labels, value: 1 }],
})
const histogram: MetricFamily = {
  name: 'edge_answer_seconds',
  help: 'Time to\nanswer.',
  type: 'histogram',
  samples: [
    { name: 'edge_answer_seconds_bucket', labels: { le: '0.001' }, value: 3 },
    { name: 'edge_answer_seconds_bucket', labels: { le: '+Inf' }, value: 4 },
    { name: 'edge_answer_seconds_sum', labels: {}, value: 0.01 },
    { name: 'edge_answer_seconds_count', labels: {}, value: 4 },
  ],
}

t.test('promtool finds nothing to say of either page', { skip }, async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  for (const name of ['One', 'Two']) {
    const box = collector.client({ name })
    const { metrics } = makeStatus(box.appliance)
    await box.postStatus(
      makeStatus(box.appliance, { metrics: [...metrics, histogram, gauge('edge_depth')] }),
    )
    await box.report(lookup())
  }
  for (const path of ['/metrics', '/metrics/fleet']) {
    const input = await (await fetch(collector.metricsUrl + path)).text()
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    })
    t.equal(status, 0, `${path}: ${stdout}${stderr}`)
    t.equal(`${stdout}${stderr}`, '')
  }
})

t.test('series of boxes carry their box and nothing hostile', async (t) => {
  const collector = await runCollector(shortFolder(t), {
    limits: { fleetSeriesPerApplianceMax: 3 },
  })
  t.teardown(() => collector.close())
  const box = collector.client()
  const many = {
    ...gauge('edge_many'),
    samples: Array.from({ length: 4 }, (_, n) => ({
      name: 'edge_many',
      labels: { n: `${n}` },
      value: n,
    })),
  }
  await box.postStatus(
    makeStatus(box.appliance, {
      metrics: [
        gauge('edge_good', { group: 'a"} 1\nevil 1\\' }),
        gauge('evil} 1\nedge_injected'),
        gauge('edge_label', { 'a"b': 'x' }),
        gauge('edge_spoof', { appliance: 'other' }),
        gauge('edge_wrong_total'),
        { ...gauge('edge_nan'), samples: [{ name: 'edge_nan', labels: {}, value: Number.NaN }] },
        many,
        gauge('edge_second'),
        gauge('edge_third'),
        gauge('edge_fourth'),
      ],
    }),
  )
  const text = await (await fetch(`${collector.metricsUrl}/metrics/fleet`)).text()
  t.same(
    text.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
    [
      `edge_good{group="a\\"} 1\\nevil 1\\\\",appliance="${box.appliance}"} 1`,
      `edge_second{appliance="${box.appliance}"} 1`,
      `edge_third{appliance="${box.appliance}"} 1`,
    ],
  )
})

t.test('series of a silent box are dropped', async (t) => {
  const collector = await runCollector(shortFolder(t), { limits: { fleetStaleAfterMs: -1 } })
  t.teardown(() => collector.close())
  const box = collector.client()
  await box.postStatus(makeStatus(box.appliance))
  t.equal(await (await fetch(`${collector.metricsUrl}/metrics/fleet`)).text(), '')
})
