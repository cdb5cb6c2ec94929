import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { startCollector } from '#collector/main.ts'
import { lookup, makeStatus } from '../support/collector-client.ts'
import { postForm } from '../support/post-form.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const control = (socketPath: string, method: string, path: string) =>
  new Promise<Record<string, unknown>>((resolve, reject) => {
    request({ socketPath, method, path }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => resolve(JSON.parse(text)))
    })
      .on('error', reject)
      .end()
  })

t.test('the control socket gives codes and status to its owner alone', async (t) => {
  const folder = shortFolder(t)
  const socket = join(folder, 'c', 'collector.sock')
  mkdirSync(join(folder, 'c'))
  writeFileSync(socket, 'left behind')
  const collector = await runCollector(folder)
  t.teardown(() => collector.close())
  t.equal(statSync(socket).mode & 0o777, 0o600)
  const { code } = await control(socket, 'POST', '/sign-in-code')
  t.equal((await postForm(`${collector.consoleUrl}/sign-in`, { code: String(code) })).status, 303)
  const box = collector.client({ name: 'One' })
  await box.postStatus(makeStatus(box.appliance))
  await box.report(lookup())
  t.match(await control(socket, 'GET', '/status'), {
    consoleUrl: collector.consoleUrl,
    uptimeMs: Number,
    missingEvents: 0,
    eventsLastDay: { low: 1 },
    appliances: [{ appliance: box.appliance, name: 'One', state: 'up' }],
  })
  await t.rejects(
    startCollector(collector.options),
    { code: 'EDGE_COLLECTOR' },
    'one collector a folder',
  )
})

t.test('what was heard survives a restart', async (t) => {
  const folder = shortFolder(t)
  const first = await runCollector(folder)
  const box = first.client({ name: 'One' })
  await box.postStatus(makeStatus(box.appliance))
  await box.report(lookup())
  const cookie = await first.signIn()
  await first.close()
  const second = await runCollector(folder)
  t.teardown(() => second.close())
  t.match(await (await second.page('/events', cookie)).text(), 'Gambling', 'the session too')
  t.match(await (await second.page('/appliances', cookie)).text(), 'The internet line works')
})

t.test('bad enrolments are left out', async (t) => {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  t.teardown(() => collector.close())
  const good = collector.client()
  const spoofed = {
    v: 1,
    appliance: good.appliance,
    tenant: 'local',
    name: 'x',
    publicKey: collector.client({ isEnrolled: false }).key.publicKey,
  }
  for (const [file, text] of Object.entries({
    'zz.json': JSON.stringify(spoofed),
    'bad.json': '{',
    'big.json': ' '.repeat(5000),
  }))
    writeFileSync(join(folder, 'enrolled', file), text)
  t.equal((await good.postBatch(good.batch([]))).status, 200)
})

t.test('wrong options stop the start with a reason', async (t) => {
  await t.rejects(runCollector(shortFolder(t), { publicHosts: ['ftp://x'] }), {
    code: 'EDGE_COLLECTOR',
  })
  await t.rejects(runCollector(shortFolder(t), { timeZone: 'Mars/Olympus' }), RangeError)
})
