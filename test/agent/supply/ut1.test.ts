/** A small UT1 list as a folder and as a tarball: taken, compiled, compared with its golden file, and asked. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { ListVersion } from '#agent/rules/compile-plan.ts'
import { compileRules } from '#agent/rules/compile-rules.ts'
import { copyPath, listFolder } from '#agent/supply/list-folder.ts'
import type { Ut1Use } from '#rules/parse/ut1-categories.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { covering, opened } from '#test/native-free-rules/make-index.ts'
import { outcomeOf } from '#test/support/compile-lists.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makePolicy } from '#test/support/test-rules.ts'
import { makeBox, makeList } from './supply-support.ts'

const FIXTURES = join(import.meta.dirname, '../../fixtures/lists')
const TREE = join(FIXTURES, 'ut1')
const GOLDEN = readFileSync(join(FIXTURES, 'ut1.golden'), 'utf8')
/** What the configuration says in `categories`. */
const OWN = new Map<string, Ut1Use>([
  ['vpn', 'off'],
  ['cooking', 'media.video'],
])
const KINDS = ['one', 'www.one', 'two', 'three', 'page', 'urls', 'expressions']

/** Takes the list as the agent does, and compiles the copy that is kept. */
async function taken(path: string, folders: ReadonlyMap<string, Ut1Use>): Promise<RuleIndex> {
  const stateDir = shortFolder(t)
  const list = makeList({ path, format: 'ut1', folders })
  const { record } = await makeBox(stateDir, { namesPort: 9, caFile: '' }).take(list)
  const { good } = record
  if (!good) throw new Error(record.fault?.detail)
  const kept = copyPath(listFolder(stateDir, list.id), good.generation)
  const version: ListVersion = { ...list, path: kept, version: '1', updatedAt: 0 }
  return opened(
    compileRules({
      lists: [version],
      schoolAllow: [],
      schoolDeny: [],
      listBytesMax: 1_000_000,
      listNamesMax: 100_000,
      refusedLinesKept: 100,
      fingerprint: 'x',
    }),
  )
}

/** What an index says of every folder's names, and what was refused. */
function said(index: RuleIndex): string {
  const names = readdirSync(TREE).flatMap((folder) => KINDS.map((kind) => `${kind}.${folder}.test`))
  const rules = names.flatMap((name) => covering(index, name).map((rule) => `${name}: ${rule}`))
  const refused = index.lists
    .find(({ id }) => id === 'games')
    ?.refused.map(({ line, text, reason }) => `refused ${line}: ${text}: ${reason}`)
  return [...rules, ...(refused ?? []), ''].join('\n')
}

for (const path of [TREE, `${TREE}.tar.gz`])
  t.test(`${path.slice(FIXTURES.length + 1)} is read as its golden file says`, async (t) => {
    t.equal(said(await taken(path, OWN)), GOLDEN)
    const plain = said(await taken(path, new Map()))
    t.match(plain, /^one\.vpn\.test: games: bypass\.vpn$/m, 'without a word of the configuration')
    t.notMatch(plain, /^one\.cooking/m)
  })

t.test('what a UT1 list blocks, seen in answers', async (t) => {
  const rules = await taken(`${TREE}.tar.gz`, OWN)
  const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  const actions = {
    'media.games': 'block',
    'media.video': 'block',
    'contact.messaging': 'block',
    'bypass.vpn': 'block',
    'prod.filehost': 'block',
  } as const
  const policies = [makePolicy('pupils', actions)]
  const server = await startPipelineServer({ rules, upstreamPort: fake.port, policies })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  for (const [name, outcome] of [
    ['www.one.games.test', 'NXDOMAIN'],
    ['one.cooking.test', 'NXDOMAIN'],
    ['games.test', '192.0.2.1'],
    ['one.chat.test', '192.0.2.1'],
    ['one.filehosting.test', '192.0.2.1'],
    ['one.vpn.test', '192.0.2.1'],
    ['one.press.test', '192.0.2.1'],
    ['one.newone.test', '192.0.2.1'],
    ['urls.games.test', '192.0.2.1'],
    ['expressions.games.test', '192.0.2.1'],
  ] as const)
    t.equal(await outcomeOf(name, { port: server.port, transport: 'udp' }), outcome, name)
})
