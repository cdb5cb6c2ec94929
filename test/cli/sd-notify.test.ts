import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { sdNotify } from '#platform/sd-notify.ts'

t.test('systemd is told through its own program, and only when it asked', async (t) => {
  const folder = t.testdir({})
  const program = join(folder, 'notify')
  const said = join(folder, 'said')
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${said}\n`)
  chmodSync(program, 0o755)
  t.equal(await sdNotify('ready', undefined, program), undefined)
  t.notOk(existsSync(said))
  t.equal(await sdNotify('ready', '/run/systemd/notify', program), undefined)
  t.equal(await sdNotify('stopping', '/run/systemd/notify', program), undefined)
  t.equal(readFileSync(said, 'utf8'), '--ready\nSTOPPING=1\n')
})

t.test('a program that is missing is told, not thrown', async (t) => {
  t.match(await sdNotify('ready', '/x', '/nowhere/systemd-notify'), /cannot tell systemd/)
})
