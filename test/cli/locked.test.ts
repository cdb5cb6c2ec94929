import { execFileSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeTestPublisher } from '#test/support/locked-bundle.ts'
import { runCommand } from '#test/support/run-command.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { run } from './run.ts'

const LINES = ['illegal.csam hidden.test', 'illegal.terror worse.test exact']

function box(t: Test) {
  const folder = shortFolder(t)
  const operator = makeTestPublisher()
  const { publisher, key } = operator.handOver(folder)
  const edge = (...words: readonly string[]) => runCommand(folder, ...words)
  return {
    folder,
    operator,
    edge,
    files: join(folder, 'state', 'agent'),
    first: ['--publisher', publisher, '--key', key],
    install: (bytes: Buffer, ...words: readonly string[]) => {
      writeFileSync(join(folder, 'new.bundle'), bytes)
      return edge('locked', 'install', 'new.bundle', '--state', 'state', ...words)
    },
  }
}

t.test(
  'a publisher makes keys and bundles, and hands them over to a box that never ran',
  async (t) => {
    const { folder, edge, files } = box(t)
    t.match(await edge('locked', 'keys', 'op'), { code: 0, out: /made publisher\.key/ })
    for (const name of ['publisher.key', 'publisher.pub', 'content.key'])
      t.equal(statSync(join(folder, 'op', name)).mode & 0o777, 0o600, name)
    t.match(await edge('locked', 'keys', 'op'), {
      code: 1,
      err: /is a publisher\.key in op already/,
    })
    writeFileSync(join(folder, 'names'), LINES.join('\n'))
    const make = [
      'locked',
      'make',
      'b',
      '--publisher-key',
      'op/publisher.key',
      '--key',
      'op/content.key',
    ]
    const made = await edge(...make, '--names', 'names', '--serial', '12')
    t.match(made, { code: 0, out: /^made b: publisher \S{22}, serial 12, 2 names/ })
    t.equal(statSync(join(folder, 'b')).mode & 0o777, 0o600)
    t.notMatch(readFileSync(join(folder, 'b'), 'latin1') + made.out + made.err, /hidden|worse/)
    const hand = ['--publisher', 'op/publisher.pub', '--key', 'op/content.key', '--state', 'state']
    t.match(await edge('locked', 'install', 'b', ...hand), { code: 0, out: /serial 12/ })
    t.equal(statSync(join(files, 'locked.bundle')).mode & 0o777, 0o600)
    t.match(await edge('check', '--state', 'state'), { out: /note: illegal-content list in force/ })

    // The next key of the same publisher, by an endorsement in a file.
    t.match(await edge('locked', 'keys', 'op2'), { code: 0 })
    const signed = await edge(
      'locked',
      'endorse',
      'e',
      '--publisher-key',
      'op/publisher.key',
      '--publisher',
      'op2/publisher.pub',
    )
    t.match(signed, { code: 0, out: /^made e: publisher \S{22} endorses \S{22}/ })
    const next = [
      'locked',
      'make',
      'b2',
      '--publisher-key',
      'op2/publisher.key',
      '--key',
      'op/content.key',
      '--names',
      'names',
    ]
    t.match(await edge(...next), { code: 0 })
    t.match(await edge('locked', 'install', 'b2', '--state', 'state'), {
      code: 1,
      err: /is the one that is trusted/,
    })
    t.match(await edge(...next, '--endorsement', 'e'), { code: 0 })
    t.match(await edge('locked', 'install', 'b2', '--state', 'state'), { code: 0 })
  },
)

t.test(
  'what cannot be a bundle of names is refused by line, and no name is repeated',
  async (t) => {
    const { folder, edge } = box(t)
    await edge('locked', 'keys', 'op')
    writeFileSync(
      join(folder, 'names'),
      'illegal.csam hidden.test\nillegal.csam https://hidden.test/x\n',
    )
    const make = [
      'locked',
      'make',
      'b',
      '--publisher-key',
      'op/publisher.key',
      '--key',
      'op/content.key',
    ]
    const bad = await edge(...make, '--names', 'names')
    t.match(bad, {
      code: 1,
      err: /line 2: is an address of a page[^]*1 line cannot be used; no bundle/,
    })
    t.notMatch(bad.out + bad.err, /hidden/)
    t.notOk(existsSync(join(folder, 'b')))
    writeFileSync(join(folder, 'names'), '# none\n')
    t.match(await edge(...make, '--names', 'names'), { code: 1, err: /there is no name/ })
    t.match(await edge(...make), { code: 1, err: /--names FILE is missing/ })
    t.match(await edge(...make, '--names', 'gone'), { code: 1, err: /cannot read gone \(ENOENT\)/ })
  },
)

t.test(
  'what is older, changed, of somebody else or from the future is refused, and the old one stays',
  async (t) => {
    const { operator, install, first, edge, files, folder } = box(t)
    const { bundle } = operator
    t.match(await install(bundle(LINES)), { code: 1, err: /needs --publisher/ })
    mkdirSync(join(folder, 'x'))
    const wrong = makeTestPublisher().handOver(join(folder, 'x')).key
    t.match(await install(bundle(LINES), ...first.slice(0, 2), '--key', wrong), {
      code: 1,
      err: /content key \S+ of the bundle is not here/,
    })
    t.notOk(existsSync(join(files, 'locked.json')), 'nothing is left of what failed')
    t.match(await install(bundle(LINES, { serial: 5 }), ...first), { code: 0 })
    const before = readFileSync(join(files, 'locked.bundle'))
    t.match(await install(bundle(LINES, { serial: 4 })), {
      code: 1,
      err: /serial 4 is older than 5/,
    })
    const changed = bundle(LINES, { serial: 6 })
    changed[changed.length - 70]! ^= 1
    t.match(await install(changed), { code: 1, err: /it was changed/ })
    const stranger = makeTestPublisher()
    const other = stranger.bundle(LINES, { contentKey: operator.contentKey, serial: 9 })
    t.match(await install(other), { code: 1, err: /is the one that is trusted/ })
    t.match(await install(other, '--publisher', stranger.key.publicKey), {
      code: 1,
      err: /is trusted here already/,
    })
    const ahead = bundle(LINES, { serial: 7, madeAt: Date.now() + 48 * 3_600_000 })
    t.match(await install(ahead), { code: 1, err: /set the clock/ })
    t.match(await install(Buffer.from('<html>')), { code: 1, err: /does not begin as one does/ })
    t.ok(readFileSync(join(files, 'locked.bundle')).equals(before))
    t.match(await install(before), { code: 0 }, 'the same again, as for a repair')
    t.match(await edge('check', '--state', 'state'), { out: /serial 5/ })
  },
)

t.test('names may come by standard input, so that they need be in no file', async (t) => {
  const { folder, edge } = box(t)
  await edge('locked', 'keys', 'op')
  const keys = ['--publisher-key', 'op/publisher.key', '--key', 'op/content.key']
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
  const words = [main, 'locked', 'make', 'b', ...keys, '--names', '-']
  const input = LINES.join('\n')
  const said = execFileSync(process.execPath, words, { cwd: folder, input, encoding: 'utf8' })
  t.match(said, /^made b: .*, 2 names$/m)
})

const isRoot = process.geteuid?.() === 0
t.test(
  "what root installs belongs to the agent's user",
  { skip: isRoot ? false : 'needs root' },
  async (t) => {
    const { operator, install, first, files } = box(t)
    mkdirSync(files, { recursive: true, mode: 0o700 })
    chownSync(files, 65_534, 65_534)
    t.match(await install(operator.bundle(LINES), ...first), { code: 0 })
    const ours = readdirSync(files).filter((name) => name.startsWith('locked'))
    t.equal(ours.length, 3)
    for (const name of ours) {
      const { uid, gid, mode } = statSync(join(files, name))
      t.same([uid, gid, mode & 0o777], [65_534, 65_534, 0o600], name)
    }
  },
)

t.test('nothing takes a bundle away, tells of its names or switches it off', async (t) => {
  const { folder, edge } = box(t)
  for (const word of [
    'remove',
    'uninstall',
    'disable',
    'off',
    'pause',
    'list',
    'show',
    'test',
    'export',
  ])
    t.match(await edge('locked', word, 'x'), {
      code: 2,
      err: /it is install, make, keys or endorse/,
    })
  const help = await run(folder, 'locked', '--help')
  t.match(help, { code: 0, out: /there is no way to take it out again/ })
  t.notMatch(help.out, /--(?:remove|disable|off|force)/)
})
