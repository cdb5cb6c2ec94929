/** A made-up week of alerts for pictures of the console: `.test` names, no real person. */
import type { LookupBlocked } from '#domain/event.ts'
import { blocked, signal } from '../support/alert-lab.ts'
import { type CollectorClient, makeStatus } from '../support/collector-client.ts'

const MINUTE_MS = 60_000

/** Tells of lookups that become alerts of every gravity. */
export async function tellAlerts(box: CollectorClient, now: number): Promise<void> {
  await box.postStatus(makeStatus(box.appliance, { at: now }))
  await box.report(...lookups(now))
  for (const [index, mac] of ['02:00:5e:00:00:01', '02:00:5e:00:00:02'].entries())
    await box.report({
      kind: 'bypass-noticed',
      group: 'ks5',
      client: { address: `192.0.2.${70 + index}`, mac, device: `laptop-${index + 1}` },
      grade: 'high',
      rule: 'tunnel',
      evidence: [{ sign: 'vpn-used', count: 9, firstAt: now, lastAt: now, samples: [] }],
      firstAt: now - 20 * MINUTE_MS,
      lastAt: now,
    })
}

function lookups(now: number): readonly LookupBlocked[] {
  const at = now - 12 * MINUTE_MS
  const names = ['search.test', 'school-mail.test', 'sad-songs.test', 'help-me-sleep.test']
  const context = {
    names: names.map((name, index) => ({
      name,
      at: at + (index - 2) * 2 * MINUTE_MS + 1000,
      isBlocked: index === 3,
    })),
    others: 41,
    fromMs: at - 10 * MINUTE_MS,
    toMs: at + 10 * MINUTE_MS,
  }
  const one = (user: string, site: string, change: Partial<LookupBlocked> = {}): LookupBlocked => ({
    ...blocked({
      category: 'harm.suicide',
      at,
      user,
      site,
      group: 'ks4',
      signal: signal({ site, context, isNew: true, moment: 'break' }),
    }),
    ...change,
  })
  return [
    one('j.example', 'quiet-harbour.test', {
      client: {
        address: '192.0.2.44',
        device: 'Chromebook 10-07',
        user: 'j.example',
        confidence: 95,
        source: 'radius',
      },
    }),
    one('j.example', 'dark-water.test'),
    one('k.sample', 'quiet-harbour.test'),
    {
      ...blocked({
        category: 'harm.selfharm',
        at: at - 30 * MINUTE_MS,
        user: '',
        mac: '02:00:5e:00:00:09',
        site: 'thin-lines.test',
        group: 'ks3',
        signal: signal({ site: 'thin-lines.test', points: 60, intent: 100 }),
      }),
    },
  ]
}
