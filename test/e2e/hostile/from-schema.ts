/**
 * What a box may send, made of the schema by which it is read: each text in it, wherever it stands, is in turn each hostile text that is
 * taken there. A field that is added to a schema is in here by itself.
 */
import { z } from 'zod'

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Names of properties and numbers of items, from the whole down to one text. */
type Path = readonly (string | number)[]

/** As JSON Schema tells of it. */
interface Shape {
  readonly type?: string
  readonly const?: Json
  readonly enum?: readonly Json[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly oneOf?: readonly Shape[]
  readonly anyOf?: readonly Shape[]
  readonly additionalProperties?: Shape
  readonly minimum?: number
  readonly maximum?: number
}

interface Field {
  readonly path: string
  /** Texts that are taken there. */
  readonly taken: readonly string[]
  /** The whole with one that is not; undefined where all are. */
  readonly refused: unknown
}

export interface Crop {
  /** Each text stands in one of them, at each place where it fits. */
  readonly documents: readonly unknown[]
  readonly fields: readonly Field[]
}

interface Given {
  readonly texts: readonly string[]
  readonly nowMs: number
  /** What stands as it is, by the name of the property. */
  readonly fixed?: Readonly<Record<string, Json>>
}

/** A moment in milliseconds has room for the year 2200. */
const MOMENT_MAX = 7_000_000_000_000
/** For what must be an address, a network or a device by a check of its own. */
const PLAIN = ['x', '192.0.2.7', '192.0.2.0/24', '02:00:5e:00:53:07'] as const
const HOUR_MS = 3_600_000
const KEYS_MAX = 19
const KEY_CHARS_MAX = 100

export function sow(schema: z.ZodType, given: Given): Crop {
  const shape: Shape = JSON.parse(
    JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })),
  )
  const choices = Array.from({ length: choicesIn(shape) }, (_, choice) => choice)
  const crops = choices.map((choice) => sowIn(plainOf(schema, shape, given, choice), schema, given))
  return {
    documents: crops.flatMap(({ documents }) => documents),
    fields: crops.flatMap(({ fields }) => fields),
  }
}

function sowIn(plain: Json, schema: z.ZodType, { texts, fixed = {} }: Given): Crop {
  const fits = (value: unknown): boolean => schema.safeParse(value).success
  const fields = textsIn(plain)
    .filter((at) => !at.some((name) => typeof name === 'string' && Object.hasOwn(fixed, name)))
    .map((at) => {
      const taken = texts.filter((text) => fits(withText(plain, at, text)))
      const other = texts.find((text) => !taken.includes(text))
      const refused = other === undefined ? undefined : withText(plain, at, other)
      return { at, path: at.join('.'), taken, refused }
    })
  const sown = fields.filter(({ taken }) => taken.length > 0)
  const rounds = Math.max(1, ...sown.map(({ taken }) => taken.length))
  const documents = Array.from({ length: rounds }, (_, round) =>
    sown.reduce<Json>(
      (whole, { at, taken }, index) =>
        withText(whole, at, taken[(round + index) % taken.length] ?? ''),
      plain,
    ),
  )
  return { documents: documents.filter(fits), fields }
}

/** One that fits, of one choice where the schema leaves several. Throws where none does: then a plain text for it is missing here. */
function plainOf(schema: z.ZodType, shape: Shape, given: Given, choice: number): Json {
  const issues = (value: Json): number => schema.safeParse(value).error?.issues.length ?? 0
  const first = valueOf(shape, { ...given, choice })
  const whole = textsIn(first).reduce<Json>((now, at) => {
    if (issues(now) === 0) return now
    const ways = [now, ...PLAIN.map((text) => withText(now, at, text))]
    return ways.toSorted((a, b) => issues(a) - issues(b))[0] ?? now
  }, first)
  const { error } = schema.safeParse(whole)
  if (error) throw new Error(`${z.prettifyError(error)}: ${JSON.stringify(whole).slice(0, 1000)}`)
  return whole
}

function valueOf(shape: Shape, given: Given & { readonly choice: number }, name = ''): Json {
  const { fixed = {}, choice, texts, nowMs } = given
  const own = fixed[name]
  if (own !== undefined) return own
  const ways = shape.oneOf ?? shape.anyOf
  const way = ways?.[choice % ways.length]
  if (way !== undefined) return valueOf(way, given, name)
  if (shape.const !== undefined) return shape.const
  if (shape.enum !== undefined) return shape.enum[choice % shape.enum.length] ?? null
  switch (shape.type) {
    case 'object':
      return Object.fromEntries([
        ...Object.entries(shape.properties ?? {}).map(([key, one]) => [
          key,
          valueOf(one, given, key),
        ]),
        ...(shape.additionalProperties?.type === undefined
          ? []
          : keysFrom(texts, choice).map((key) => [
              key,
              valueOf(shape.additionalProperties ?? {}, given),
            ])),
      ])
    case 'array':
      return shape.items === undefined ? [] : [valueOf(shape.items, given, name)]
    case 'boolean':
      return choice % 2 === 0
    case 'integer':
    case 'number':
      return (shape.maximum ?? 0) > MOMENT_MAX && shape.maximum !== Number.MAX_SAFE_INTEGER
        ? nowMs + (name === 'endsAt' ? HOUR_MS : 0)
        : Math.min(Math.max(1, shape.minimum ?? 0), shape.maximum ?? 1)
    case 'string':
    case undefined:
    default:
      return PLAIN[0]
  }
}

/** Names of properties are text as well, where anything may be one. */
function keysFrom(texts: readonly string[], choice: number): readonly string[] {
  return texts
    .filter((text, index) => text.length <= KEY_CHARS_MAX && index % 2 === choice % 2)
    .slice(0, KEYS_MAX)
}

function choicesIn({ oneOf, anyOf, properties, items, additionalProperties }: Shape): number {
  const ways = oneOf ?? anyOf ?? []
  const below = [
    ...ways,
    ...Object.values(properties ?? {}),
    items ?? {},
    additionalProperties ?? {},
  ]
  return Math.max(
    1,
    ways.length,
    ...below.map((one) => (Object.keys(one).length === 0 ? 1 : choicesIn(one))),
  )
}

function textsIn(value: Json, at: Path = []): readonly Path[] {
  if (typeof value === 'string') return [at]
  if (value === null || typeof value !== 'object') return []
  return isList(value)
    ? value.flatMap((one, index) => textsIn(one, [...at, index]))
    : Object.entries(value).flatMap(([name, one]) => textsIn(one, [...at, name]))
}

function withText(value: Json, [name, ...rest]: Path, text: string): Json {
  if (name === undefined) return text
  if (value === null || typeof value !== 'object') return value
  if (isList(value))
    return value.map((one, index) => (index === name ? withText(one, rest, text) : one))
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === name ? withText(one, rest, text) : one,
    ]),
  )
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
