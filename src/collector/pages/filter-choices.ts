import { plainText } from '#console/present/plain-text.ts'
import type { Choice } from '#console/views.ts'
import { common } from '#console/words/common.ts'

/** A value that is asked for is offered even when nothing has it, so that the form says what the list shows. */
export function choices(
  values: readonly string[],
  selected: string,
  text: (value: string) => string,
): readonly Choice[] {
  const offered = selected === '' || values.includes(selected) ? values : [...values, selected]
  return [
    { value: '', text: common.all, selected: selected === '' },
    ...offered.map((value) => ({ value, text: text(value), selected: value === selected })),
  ]
}

/** A group as people read it. */
export function groupText(group: string): string {
  return plainText(group, 60)
}
