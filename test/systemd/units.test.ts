import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const ROOT = join(import.meta.dirname, '..', '..')
const UNITS = join(ROOT, 'systemd')
const INSTALLED = '/usr/lib/supercloud-edge'
/** Tenths of systemd's exposure level. */
const THRESHOLD = 18

const units = readdirSync(UNITS).filter((file) => file.endsWith('.service'))
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
const skip = hasSystemd ? false : 'needs the package systemd'

function analyze(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['--no-pager', ...words], {
    encoding: 'utf8',
  })
  return { status, text: `${stdout}${stderr}` }
}

t.test('there is a unit for the agent and one for the collector', (t) => {
  t.strictSame(units, ['supercloud-edge-agent.service', 'supercloud-edge-collector.service'])
  t.end()
})

t.test('systemd finds no fault in the units', { skip }, (t) => {
  // The program is not installed here, so the copy that is looked at names this checkout.
  const folder = t.testdir({})
  for (const unit of units) {
    const text = readFileSync(join(UNITS, unit), 'utf8')
    writeFileSync(join(folder, unit), text.replaceAll(INSTALLED, ROOT))
    const { status, text: said } = analyze('verify', '--man=no', join(folder, unit))
    t.equal(status, 0, unit, { said })
    t.equal(said.trim(), '', `${unit}: not even a warning`)
  }
  t.end()
})

t.test('no unit is more exposed than 1.8', { skip }, (t) => {
  for (const unit of units) {
    const path = join(UNITS, unit)
    const { status, text } = analyze('security', '--offline=true', `--threshold=${THRESHOLD}`, path)
    t.equal(status, 0, text.split('\n').findLast((line) => line.includes('Overall')) ?? text)
  }
  t.end()
})

t.test('what the program needs of its unit stands there', (t) => {
  for (const unit of units) {
    const text = readFileSync(join(UNITS, unit), 'utf8')
    const part = unit.includes('agent') ? 'agent' : 'collector'
    t.match(text, new RegExp(`^ExecStart=${INSTALLED}/.*/main\\.ts ${part}$`, 'm'))
    t.notMatch(text, /^MemoryDenyWriteExecute=/m, 'V8 could not compile')
    t.match(text, /^Environment=NODE_COMPILE_CACHE=\/var\/cache\/supercloud-edge\//m)
    t.match(text, /^StateDirectory=supercloud-edge$/m)
    t.match(text, /^RestartPreventExitStatus=78$/m)
    t.equal(/CAP_NET_BIND_SERVICE/.test(text), part === 'agent', 'only the agent binds port 53')
  }
  t.end()
})
