/** What an event about lists may look like, typed against the domain. */
import { z } from 'zod'
import {
  LIST_TROUBLES,
  type ListRefused,
  type ListStale,
  type ListsCompiled,
  type ListUpdated,
} from '#domain/list-event.ts'
import { count, instant, line, word } from './text-limits.ts'

type ListBody = ListsCompiled | ListUpdated | ListRefused | ListStale

export const listBodies: {
  readonly [K in ListBody['kind']]: z.ZodType<Extract<ListBody, { kind: K }>>
} = {
  'lists-compiled': z.object({
    kind: z.literal('lists-compiled'),
    names: count,
    lists: count,
    refusedLines: count,
    durationMs: z.number().nonnegative(),
  }) satisfies z.ZodType<ListsCompiled>,
  'list-updated': z.object({
    kind: z.literal('list-updated'),
    list: word,
    version: word,
    names: count,
    namesBefore: count.exactOptional(),
    who: z.string().max(200).exactOptional(),
  }) satisfies z.ZodType<ListUpdated>,
  'list-refused': z.object({
    kind: z.literal('list-refused'),
    list: word,
    trouble: z.enum(LIST_TROUBLES),
    detail: line,
    names: count.exactOptional(),
  }) satisfies z.ZodType<ListRefused>,
  'list-stale': z.object({
    kind: z.literal('list-stale'),
    list: word,
    confirmedAt: instant.exactOptional(),
  }) satisfies z.ZodType<ListStale>,
}
