import { createHmac } from 'node:crypto'

const SECRET_BYTES = { min: 24, max: 64 }

/** The key in a secret as people copy it, `whsec_` and base64; undefined for anything else. */
export function webhookKey(secret: string): Uint8Array | undefined {
  const [, text] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
  const key = Buffer.from(text ?? '', 'base64')
  return key.length >= SECRET_BYTES.min && key.length <= SECRET_BYTES.max ? key : undefined
}

/**
 * The three headers of Standard Webhooks 1.0 ("Symmetric"): HMAC-SHA-256 over id, time and body. `atSeconds` is since the epoch. A
 * receiver knows a repeat by its id.
 */
export function webhookHeaders(
  key: Uint8Array,
  message: { readonly id: string; readonly atSeconds: number; readonly body: string },
): Readonly<Record<string, string>> {
  const { id, atSeconds, body } = message
  const signature = createHmac('sha256', key).update(`${id}.${atSeconds}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(atSeconds),
    'webhook-signature': `v1,${signature}`,
  }
}
