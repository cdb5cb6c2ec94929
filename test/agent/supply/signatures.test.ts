/** Signatures made by minisign itself, and what becomes of a list whose signature is not right. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readPublicKey } from '#agent/supply/minisign.ts'
import {
  makeAuthority,
  namesText,
  sends,
  startListServer,
  startNames,
} from '#test/support/list-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeBox, makeList } from './supply-support.ts'

const hasMinisign = spawnSync('minisign', ['-v']).error === undefined
const only = hasMinisign ? {} : { skip: 'minisign is not installed' }

interface Signer {
  readonly key: string
  /** The signature file of a text; `isOld` for the form without a hash. */
  readonly sign: (text: string, isOld?: boolean) => string
}

function makeSigner(): Signer {
  const folder = shortFolder(t)
  const [publicKey, secretKey, file] = ['p.pub', 's.key', 'list'].map((name) => join(folder, name))
  if (!publicKey || !secretKey || !file) throw new Error('no paths')
  execFileSync('minisign', ['-G', '-W', '-p', publicKey, '-s', secretKey], { stdio: 'ignore' })
  return {
    key: readFileSync(publicKey, 'utf8').split('\n')[1] ?? '',
    sign: (text, isOld = false) => {
      writeFileSync(file, text)
      const form = isOld ? ['-l'] : ['-H']
      execFileSync('minisign', ['-S', ...form, '-s', secretKey, '-m', file, '-t', 'version 7'], {
        stdio: 'ignore',
      })
      return readFileSync(`${file}.minisig`, 'utf8')
    },
  }
}

t.test('a signed list is taken with the right signature and with no other', only, async (t) => {
  const authority = makeAuthority(shortFolder(t))
  const server = await startListServer(t, authority)
  const box = makeBox(shortFolder(t), {
    namesPort: await startNames(t),
    caFile: authority.caFile,
  })
  const signer = makeSigner()
  const stranger = makeSigner()
  const list = makeList({
    urls: [server.url('/l')],
    signature: { key: signer.key, url: undefined },
  })
  const serve = (text: string, signature: string | undefined): void => {
    server.serve = (request, response) => {
      if (request.url === '/l') sends(text)(request, response)
      else if (signature === undefined) response.writeHead(404).end()
      else sends(signature)(request, response)
    }
  }
  const good = namesText(100)
  serve(good, signer.sign(good))
  t.match(await box.take(list), { result: 'updated' }, 'over a hash')
  t.equal(server.asked.at(-1)?.path, '/l.minisig')
  t.equal(server.asked.at(0)?.headers['accept-encoding'], 'identity')
  const more = namesText(101)
  serve(more, signer.sign(more, true))
  t.match(await box.take(list), { result: 'updated' }, 'over the bytes themselves')

  const next = namesText(102)
  const signature = signer.sign(next)
  const [untrusted = '', body = '', comment = '', global = ''] = signature.split('\n')
  const bent = Buffer.from(body, 'base64')
  bent[20] = (bent[20] ?? 0) ^ 1
  for (const [what, text, given, told] of [
    ['none', next, undefined, /signature cannot be had.*404/],
    ['of another text', next, signer.sign(good), /not that of this file/],
    ['of another text, old form', next, signer.sign(good, true), /not that of this file/],
    ['by another key', next, stranger.sign(next), /another key/],
    [
      'with one bit wrong',
      next,
      [untrusted, bent.toString('base64'), comment, global].join('\n'),
      /not that of/,
    ],
    [
      'with another trusted comment',
      next,
      [untrusted, body, 'trusted comment: version 8', global].join('\n'),
      /trusted comment/,
    ],
    ['without its trusted comment', next, [untrusted, body].join('\n'), /no minisign signature/],
    ['a web page', next, '<html>', /no minisign signature/],
    ['endless', next, 'a'.repeat(100_000), /cannot be had.*16384/],
    ['one more line in the list', `${next}evil.test\n`, signature, /not that of this file/],
  ] as const) {
    serve(text, given)
    const { result, record } = await box.take(list)
    t.equal(result, 'refused', what)
    t.match(record.fault, { trouble: 'bad-signature', detail: told }, what)
    t.equal(box.inForce(), more, what)
  }
  serve(next, signature)
  t.match(await box.take(list), { result: 'updated' }, 'and with the right one again')
})

t.test('the signature may be elsewhere, and a mirror needs one too', only, async (t) => {
  const authority = makeAuthority(shortFolder(t))
  const server = await startListServer(t, authority)
  const caFile = authority.caFile
  const box = makeBox(shortFolder(t), { namesPort: await startNames(t), caFile })
  const signer = makeSigner()
  const text = namesText(100)
  const pages = new Map([
    ['/forged', `${text}evil.test\n`],
    ['/forged.minisig', signer.sign(text)],
    ['/mirror?x=1', text],
    ['/mirror.minisig?x=1', signer.sign(text)],
    ['/sig', signer.sign(text)],
  ])
  server.serve = (request, response) => {
    const page = pages.get(request.url ?? '')
    if (page === undefined) response.writeHead(404).end()
    else sends(page)(request, response)
  }
  const { key } = signer
  const urls = [server.url('/forged'), server.url('/mirror?x=1')]
  t.match(await box.take(makeList({ urls, signature: { key, url: undefined } })), {
    result: 'updated',
    record: { good: { names: 100, url: urls[1] } },
  })
  const elsewhere = makeList({
    urls: [server.url('/mirror?x=1')],
    signature: { key, url: server.url('/sig') },
  })
  t.match(await box.take(elsewhere), { result: 'updated' })
  t.equal(server.asked.at(-1)?.path, '/sig')
})

t.test('a public key is read with all its bytes or not at all', (t) => {
  const bytes = Buffer.concat([Buffer.from('Ed'), Buffer.alloc(40, 7)])
  t.match(readPublicKey(bytes.toString('base64')), { id: Buffer.alloc(8, 7) })
  for (const text of [
    '',
    'x',
    bytes.subarray(1).toString('base64'),
    `${bytes.toString('base64')}==`,
  ])
    t.match(readPublicKey(text), { failure: 'bad-signature' })
  const other = Buffer.concat([Buffer.from('XX'), Buffer.alloc(40, 7)])
  t.match(readPublicKey(other.toString('base64')), { failure: 'bad-signature' })
  t.end()
})
