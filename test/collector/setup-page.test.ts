import t from 'tap'
import { makeStatus } from '#test/support/collector-client.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

t.test('what is wrong stands first, then what is to do; what is done is folded', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const cookie = await collector.signIn()
  const read = async (box = ''): Promise<string> =>
    (await collector.page(`/setup?box=${box}`, cookie)).text()
  t.match(await read(), 'Nothing is known yet')
  const box = collector.client({ name: 'North' })
  const { setup: _, ...older } = makeStatus(box.appliance)
  await box.postStatus(older)
  t.match(await read(), 'This box does not tell of its setup')
  const setup = [
    { item: 'clock', state: 'done', say: 'it is right', remedy: '' },
    { item: 'networks', state: 'to-do', say: 'none is named', remedy: 'name each' },
    { item: 'upstreams', state: 'wrong', say: 'the link is down', remedy: 'see status' },
  ] as const
  await box.postStatus({ ...older, setup })
  const html = await read(box.appliance)
  t.match(html, '1 thing is wrong, and 1 thing still to do.')
  const at = (text: string): number => html.indexOf(text)
  t.ok(at('Upstreams') > 0 && at('Upstreams') < at('Networks.'), 'what is wrong stands first')
  t.match(html, 'See status.')
  t.match(html.slice(at('What is done')), 'It is right.')
  await box.postStatus({ ...older, setup: setup.slice(0, 1) })
  t.match(await read(), 'Nothing is left to do.')
})

t.test('more than fits is refused', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const box = collector.client({ name: 'North' })
  const item = { item: 'lists', state: 'wrong', say: 'x'.repeat(500), remedy: '' } as const
  const post = async (setup: (typeof item)[]): Promise<number> =>
    (await box.postStatus(makeStatus(box.appliance, { setup }))).status
  t.equal(await post(Array.from({ length: 200 }, () => item)), 204)
  t.equal(await post(Array.from({ length: 201 }, () => item)), 400)
  t.equal(await post([{ ...item, say: 'x'.repeat(501) }]), 400)
})
