import t from 'tap'
import { lookup, makeStatus } from '../support/collector-client.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

t.test('an open page hears of news', async (t) => {
  const collector = await runCollector(shortFolder(t), {
    limits: { liveClientsMax: 1, liveHeartbeatMs: 50 },
  })
  t.teardown(() => collector.close())
  const box = collector.client()
  const cookie = await collector.signIn()
  const url = `${collector.consoleUrl}/live`
  const stream = await fetch(url, { headers: { cookie } })
  t.equal(stream.headers.get('content-type'), 'text/event-stream')
  t.equal((await fetch(url, { headers: { cookie } })).status, 503, 'the streams are bounded')

  let heard = ''
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  const until = async (pattern: RegExp) => {
    while (!pattern.test(heard)) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) return t.fail(`stream ended before ${pattern.source}`)
      heard += value
    }
    return t.pass(`heard ${pattern.source}`)
  }
  await until(/: heartbeat\n\n/)
  await box.report(lookup())
  await until(/data: {"kind":"event","id":"[\w-]+"}\n\n/)
  await box.postStatus(makeStatus(box.appliance))
  await until(new RegExp(`data: {"kind":"appliance","id":"${box.appliance}"}\n\n`))

  const began = Date.now()
  await collector.close()
  t.ok(Date.now() - began < 1000, `closed in ${Date.now() - began} ms with a stream open`)
  while (!(await reader?.read())?.done) continue
})

t.test('a stream ends with the session', async (t) => {
  const collector = await runCollector(shortFolder(t), {
    limits: { liveHeartbeatMs: 20, sessionLifeMs: 200 },
  })
  t.teardown(() => collector.close())
  const stream = await fetch(`${collector.consoleUrl}/live`, {
    headers: { cookie: await collector.signIn() },
  })
  await t.rejects(stream.text(), 'the connection is cut')
})
