/** Who signed the yearly review, what they said to it, and what has changed since. */
import { createHash } from 'node:crypto'
import type { DocumentBlock } from '#console/document-plan.ts'
import { plainText } from '#console/present/plain-text.ts'
import { fill } from '#console/words/fill.ts'
import { signOff } from '#console/words/sign-off.ts'
import { ROLE_WORDS, type Role } from '../accounts/role.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { Kept, SignedPart, SignOffFacts } from '../evidence/evidence-entry.ts'
import type { ReviewDays } from '../evidence/read-sign-offs.ts'
import { oneLine } from './checked-fields.ts'
import type { PageContext } from './page-context.ts'

/** Whose signature it takes: senior leaders, the safeguarding lead, governors. School IT signs on paper. */
export const SIGNERS: readonly Role[] = ['head', 'chair', 'governor', 'dsl']
const TEXT_MAX = 2000

/** As whom somebody signs; undefined for who does not, and for the one-time code, which is nobody. */
export function signerRole({ account }: Pick<Viewer, 'account'>): Role | undefined {
  return SIGNERS.find((role) => account?.roles.includes(role))
}

/** What is signed: of each part, under its heading, a hash of all that stands there. */
export function partsOf(blocks: readonly DocumentBlock[]): readonly SignedPart[] {
  const parts: { heading: string; blocks: DocumentBlock[] }[] = []
  for (const block of blocks) {
    const last = parts.at(-1)
    if (block.kind === 'heading' || last === undefined)
      parts.push({ heading: block.kind === 'heading' ? block.text : '', blocks: [block] })
    else last.blocks.push(block)
  }
  return parts.map((part) => ({ heading: part.heading, hash: hashOf(part.blocks) }))
}

/** `blocks` are those of the document, with its times in full: the page's own say “today”. */
export function signOffBlocks(
  { evidence, time }: PageContext,
  days: ReviewDays,
  blocks: readonly DocumentBlock[],
): readonly DocumentBlock[] {
  const all = evidence.signOffs.of(days)
  const now = partsOf(blocks)
  const shown = all.map((one, index) => signedBlocks(one, { now, time, isLast: index === 0 }))
  return [
    { kind: 'heading', text: signOff.heading },
    ...(all.length === 0 ? [{ kind: 'text', text: signOff.nobody } as const] : shown.flat()),
  ]
}

function signedBlocks(
  { at, facts }: Kept<SignOffFacts>,
  {
    now,
    time,
    isLast,
  }: {
    readonly now: readonly SignedPart[]
    readonly time: PageContext['time']
    readonly isLast: boolean
  },
): readonly DocumentBlock[] {
  const name = plainText(facts.name, 100)
  const on = fill(signOff.on, { day: time.date(at), clock: time.clock(at) })
  const by = fill(signOff.signedBy, { name, role: ROLE_WORDS[facts.role], on })
  return [
    { kind: 'text', text: isLast ? by : `${by} ${signOff.replaced}` },
    {
      kind: 'facts',
      facts: [
        { key: signOff.said, value: oneLine(facts.text, TEXT_MAX) },
        { key: signOff.figures, value: changesSince(facts.parts, now) },
        { key: signOff.mark, value: hashOf(facts.parts) },
      ],
    },
  ]
}

/** Which parts are not as they were. */
function changesSince(signed: readonly SignedPart[], now: readonly SignedPart[]): string {
  const changed = now.filter(
    ({ heading, hash }) => signed.find((one) => one.heading === heading)?.hash !== hash,
  )
  const gone = signed.filter(({ heading }) => !now.some((one) => one.heading === heading))
  const parts = [...changed, ...gone].map(({ heading }) => heading).filter((one) => one !== '')
  return parts.length === 0 ? signOff.same : fill(signOff.changed, { parts: parts.join('; ') })
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
