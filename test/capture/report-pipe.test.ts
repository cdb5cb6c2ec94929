import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'

t.test('a reader that does not read stops nothing: reports are dropped and counted', async (t) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'report-pipe-child.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.pause()
  let said = ''
  child.stderr.on('data', (part) => (said += String(part)))
  const killer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await once(child, 'exit')
  clearTimeout(killer)
  const [dropped = 0] = said.split(' ').map(Number)
  t.ok(dropped > 10_000 && dropped < 20_000, `${dropped} of 20,000 dropped`)
  child.stdout.destroy()
})
