import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Who is told of alerts, by mail to one server on loopback; returns the file. */
export function writePeople(folder: string, mailPort: number): string {
  const file = join(folder, 'people.json')
  const person = (id: string, name: string, role: string) => ({
    id,
    name,
    roles: [role],
    email: `${id}@school.test`,
  })
  const settings = {
    console: 'https://edge.school.test',
    'time-zone': 'Europe/London',
    drill: 'wednesday 10:00',
    digest: 'monday 07:00',
    email: { host: 'localhost', port: mailPort, security: 'none', from: 'edge@school.test' },
    'private-hosts': ['localhost'],
    people: [
      person('lead', 'Ada Lead', 'dsl'),
      person('deputy', 'Ben Deputy', 'deputy'),
      person('head', 'Cleo Head', 'head'),
    ],
  }
  writeFileSync(file, JSON.stringify(settings))
  return file
}
