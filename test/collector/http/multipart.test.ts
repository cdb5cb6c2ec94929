/** Forms with files, as browsers send them and as they do not. */
import fc from 'fast-check'
import t from 'tap'
import { readMultipart } from '#collector/http/multipart.ts'

async function sent(form: FormData) {
  const request = new Request('http://console.test', { method: 'POST', body: form })
  const body = Buffer.from(await request.arrayBuffer())
  return readMultipart(body, request.headers.get('content-type') ?? '')
}

t.test('texts and files come as they were sent', async (t) => {
  const form = new FormData()
  form.set('reason', 'für alle\r\n--x')
  form.set('file', new File(['\uFEFFa,b\r\n1,2\r\n'], 'a"b;name=reason.csv'))
  form.set('none', new File([], ''))
  t.same(await sent(form), { reason: 'für alle\r\n--x', file: 'a,b\r\n1,2\r\n', none: '' })
  const old = new FormData()
  old.set('file', new File([Buffer.from('\u00c9t\u00e9', 'latin1')], 'old.csv'))
  t.same(await sent(old), { file: 'Été' })
})

t.test('what is no form is none', (t) => {
  const type = 'multipart/form-data; boundary=x'
  const part = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n'
  t.same(readMultipart(Buffer.from(`${part}--x--`), type), { a: '1' })
  t.same(readMultipart(Buffer.from(`${part}--x--\r\n`), 'multipart/form-data; boundary="x"'), {
    a: '1',
  })
  for (const [body, given] of [
    ['', type],
    [part, type],
    ['--x\r\n\r\n1\r\n--x--', type],
    ['--x\r\ncontent-disposition: form-data\r\n\r\n1\r\n--x--', type],
    [`${part.repeat(17)}--x--`, type],
    [`${part}--x--`, 'multipart/form-data'],
    [`${part}--x--`, 'multipart/mixed; boundary=x'],
  ] as const)
    t.equal(readMultipart(Buffer.from(body), given), undefined, JSON.stringify(body.slice(0, 40)))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readMultipart(Buffer.from([...Buffer.from('--x\r\n'), ...bytes]), type)
    }),
  )
  t.end()
})
