import { plainText } from '#console/present/plain-text.ts'
import { setupView } from '#console/present/setup-view.ts'
import type { View } from '#console/views.ts'
import { chooseBox } from './heard-boxes.ts'
import type { PageContext } from './page-context.ts'

/** How the asked box, or else the first that reported, is set up, by its own word. */
export function setupPage(context: PageContext, asked: string): View {
  const { watch, time, clock } = context
  const { chosen, links } = chooseBox(context, asked, '/setup')
  if (chosen === undefined) return { view: 'setup', boxes: links, box: undefined }
  const { name, at, report } = chosen
  const box = {
    name: plainText(name, 80),
    heard: time.at(at, clock.wallMs()),
    isSilent: watch.isSilent(at),
    setup: report.setup && setupView(report.setup),
  }
  return { view: 'setup', boxes: links, box }
}
