/** A fresh box with the embedded defaults and no line at all, in a network namespace of its own. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { shortFolder } from '#test/support/short-folder.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'supercloud-edge')
const NAMESPACE = `edge-offline-${process.pid}`

t.test(
  'without internet everything starts, filters, and says what is wrong',
  { skip: whyNot(), timeout: 60_000 },
  async (t) => {
    makeNamespace(t)
    const folder = shortFolder(t)
    const child = spawn('ip', ['netns', 'exec', NAMESPACE, PROGRAM, 'start', '--state', folder], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (part) => (said += String(part)))
    child.stderr.on('data', (part) => (said += String(part)))
    t.teardown(() => child.kill('SIGKILL'))
    for (let tries = 0; !said.includes('is running'); tries++) {
      if (tries > 300) throw new Error(said)
      await sleep(50)
    }
    const dig = (...words: string[]): Promise<string> =>
      inside('dig', '@127.0.0.1', '-p', '5300', '+tries=1', ...words)
    t.match(await dig('use-application-dns.net'), /status: NXDOMAIN/)
    t.match(await dig('www.example.org', '+timeout=6'), /status: SERVFAIL[\s\S]*EDE: 22/)
    t.match(await dig('www.google.com', '+timeout=6'), /status: SERVFAIL/)
    t.match(
      await inside('dig', '@::1', '-p', '5300', 'localhost', '+tcp', '+short'),
      /^127\.0\.0\.1$/m,
    )
    t.match(await inside('curl', '-s', 'http://127.0.0.1:8080/sign-in'), /Sign-in code/)
    t.match(
      await inside('curl', '-s', 'http://127.0.0.1:9153/metrics'),
      /edge_dns_queries_total\{result="failed"/,
    )
    t.match(await status(folder), /(no upstream resolver is configured|the link is down)/)
    t.notMatch(said, /"level":60/, 'nothing broke')
    child.kill('SIGTERM')
    const code = await new Promise((resolve) => child.once('close', resolve))
    t.equal(code, 0)
  },
)

function whyNot(): string | false {
  if (process.getuid?.() !== 0) return 'a network namespace takes root'
  const missing = ['/usr/sbin/ip', '/usr/bin/dig', '/usr/bin/curl'].find(
    (file) => !existsSync(file),
  )
  return missing ? `needs ${missing} (Debian packages iproute2, dnsutils, curl)` : false
}

function makeNamespace(t: Test): void {
  execFileSync('ip', ['netns', 'add', NAMESPACE])
  t.teardown(() => execFileSync('ip', ['netns', 'del', NAMESPACE]))
  execFileSync('ip', ['-n', NAMESPACE, 'link', 'set', 'lo', 'up'])
}

/** What a program says in the namespace, whatever it ends with. */
function inside(...words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('ip', ['netns', 'exec', NAMESPACE, ...words], (_, stdout) => resolve(stdout))
  })
}

async function status(folder: string): Promise<string> {
  let text = ''
  for (let tries = 0; tries < 100 && !/link is down|no upstream/.test(text); tries++) {
    await sleep(200)
    text = await inside(PROGRAM, 'status', '--state', folder)
  }
  return text
}
