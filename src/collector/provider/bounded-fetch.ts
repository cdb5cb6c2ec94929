import type { CustomFetch } from 'openid-client'

/** The provider gave no answer that can be used: an outage, and no attack. The message is a code, for the log and the audit. */
export class ProviderAway extends Error {
  readonly code = 'EDGE_PROVIDER_AWAY'
}

/** Asks the provider; an answer of more than `bytesMax` is given up, one of a fault of its own counts as none. */
export function makeBoundedFetch(bytesMax: number): CustomFetch {
  return async (url, options) => {
    const answer = await ask(url, options)
    if (answer.status >= 500) {
      await answer.body?.cancel()
      throw new ProviderAway(`EDGE_STATUS_${answer.status}`)
    }
    const body = await readBody(answer, bytesMax)
    const { status, headers } = answer
    return new Response(body, { status, headers })
  }
}

async function ask(...[url, options]: Parameters<CustomFetch>): Promise<Response> {
  try {
    const { body, signal, ...rest } = options
    return await fetch(url, { ...rest, body: body ?? null, signal: signal ?? null })
  } catch (cause) {
    throw new ProviderAway('EDGE_NO_ANSWER', { cause })
  }
}

async function readBody(answer: Response, bytesMax: number): Promise<Blob | null> {
  if (answer.body === null) return null
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  try {
    for await (const part of answer.body) {
      size += part.length
      if (size > bytesMax) throw new ProviderAway('EDGE_LONG_ANSWER')
      parts.push(part)
    }
  } catch (cause) {
    throw cause instanceof ProviderAway ? cause : new ProviderAway('EDGE_BROKEN_ANSWER', { cause })
  }
  return new Blob(parts)
}
