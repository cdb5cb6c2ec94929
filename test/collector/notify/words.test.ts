import t from 'tap'
import { CHANNELS } from '#collector/notify/settings/notify-settings.ts'
import { THEMES } from '#rules/themes.ts'
import { allNotices } from '../../notices/all-notices.ts'

/** Words that would tell what it is about, beside the themes' own. */
const TELLING =
  /pupil|student|child(?!ren)|suicid|harm|drug|porn|gambl|extrem|weapon|academy|school name|website|\bsite\b/i
/** Where messages lead that are not of alerts. */
const PATHS: Readonly<Record<string, RegExp>> = {
  drill: /\/confirm\/[0-9a-f]{32}\d{22}$/,
  digest: /\/digest$/,
}
const LATE = /needs? you now|on duty:/

t.test(
  'every message of every channel has the right words and link, and tells nothing of anybody',
  async (t) => {
    const notices = await allNotices(t.testdir())
    t.equal(notices.length, (6 * 4 + 4 * 2 + 1) * CHANNELS.length + 1)
    for (const { channel, tone, severity, items, isPromised, text } of notices) {
      const name = `${tone} ${severity} ${items} ${channel}:\n${text}`
      t.comment(name)
      t.notMatch(text, TELLING, name)
      for (const { id, title } of THEMES)
        t.notOk(text.toLowerCase().includes(id) || text.includes(title), `${id}: ${name}`)
      t.notMatch(text, /someone@|\+44|dsl/i, name)
      const links = text.match(/https?:\/\/[^\s"]+/g)
      t.equal(links?.length, 1, name)
      const ofAlerts = items === 1 ? /\/alerts\/a1b2c3$/ : /\/alerts$/
      const path = PATHS[tone] ?? ofAlerts
      t.match(links?.[0], new RegExp(`^https://console\\.example\\.org${path.source}`), name)
      if (tone === 'drill') t.match(text, /confirm/i, name)
      else if (tone === 'digest')
        t.match(text, /1 urgent, 2 high, 5 medium, 14 low[^]*1 alert waits[^]*3 of 4 people/, name)
      else {
        const word = severity === 'high' ? 'important' : severity
        t.match(text, new RegExp(`${items} ${word} item${items === 1 ? '\\b' : 's'}`), name)
      }
      if (tone === 'forewarning') {
        t.match(text, /Nobody is on duty now/, name)
        t.notMatch(text, LATE, name)
        if (isPromised) t.match(text, /will be seen at 07:45 on Tuesday 3 March/, name)
        else t.match(text, /No time is set/, name)
      } else t.notMatch(text, /out of hours|will be seen/, name)
      if (tone === 'now') t.match(text, /needs? you now/, name)
      if (tone === 'trial') t.match(text, /[Tt]est[\s\S]*made-up name/, name)
      else t.notMatch(text, /made-up name/, name)
      if (tone === 'assigned') t.match(text, /(?:was|were) given to you to look into/, name)
      if (tone === 'duty') t.match(text, /You are on duty/, name)
      if (channel === 'sms') t.ok(text.length <= 306, `two text messages at most: ${name}`)
    }
  },
)
