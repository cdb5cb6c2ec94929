import nunjucks from 'nunjucks'
import { PLACE, valueOf } from './fill.ts'

type Html = nunjucks.runtime.SafeString
/** What a template may put in: text, which is escaped, or HTML that it made itself and marked as safe, which is not. */
type Value = string | number | Html

/**
 * Makes the filter `fill` of templates: `{{ words.alerts.found | fill({ count: n, link: link | safe }) }}`. What comes out is HTML only
 * where a value is.
 */
export function makeFillInTemplate(
  environment: nunjucks.Environment,
): (text: string, values: Readonly<Record<string, Value>>) => string | Html {
  const escape = environment.getFilter('escape')
  const safe = environment.getFilter('safe')
  return (text, values) => {
    const hasHtml = Object.values(values).some(isHtml)
    const shown = (value: Value): string => String(hasHtml ? escape(value) : value)
    const filled = shown(text).replaceAll(PLACE, (_, place: string) =>
      shown(valueOf(values, place, text)),
    )
    return hasHtml ? safe(filled) : filled
  }
}

function isHtml(value: Value): value is Html {
  return value instanceof nunjucks.runtime.SafeString
}
