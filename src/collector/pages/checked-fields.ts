/** Fields of forms with what was written and what is wrong with it, and lines of text that people wrote. */
import type { CheckedField, FieldProblem } from '#console/evidence-views.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { common } from '#console/words/common.ts'

/** What a form was sent with, where it was refused. Hostile text. */
export interface Sent {
  readonly given: Readonly<Record<string, string>>
  readonly problems: Readonly<Record<string, string>>
}

export const NOTHING_SENT: Sent = { given: {}, problems: {} }

type Asked = Pick<CheckedField, 'type' | 'name' | 'label'> &
  Partial<Pick<CheckedField, 'hint' | 'items' | 'value'>>

/** A field as it stands after a form was sent; what was written wins over `value`. */
export function checkedField(asked: Asked, { given, problems }: Sent): CheckedField {
  const { name, hint = '', items = [], value = '' } = asked
  return {
    ...asked,
    id: name,
    hint,
    items,
    value: editableText(given[name] ?? value),
    problem: problems[name] ?? '',
  }
}

/** What is wrong, in the order of the fields. */
export function fieldProblems(fields: readonly CheckedField[]): readonly FieldProblem[] {
  return fields.flatMap(({ id, problem }) =>
    problem === '' ? [] : [{ text: problem, href: `#${id}` }],
  )
}

/** Answers as a drop-down has them, none of them chosen. */
export function withChoose(
  items: readonly { readonly value: string; readonly text: string }[],
): readonly { readonly value: string; readonly text: string }[] {
  return [{ value: '', text: common.choose }, ...items]
}

/** What a person wrote on several lines, as one. */
export function oneLine(text: string, lengthMax: number): string {
  return plainText(text.split(/\s*\r?\n\s*/).join(' '), lengthMax)
}
