import { resolve } from 'node:path'
import type { ProviderOptions } from '#collector/config/collector-options.ts'
import { type Failure, failure } from '#domain/failure.ts'
import { type Invocation, type OptionSpec, valueOf } from './command.ts'

const DEFAULT_CLAIM = 'sub'

/** By which the collector is told of the school's own sign-in. */
export const PROVIDER_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  'oidc-issuer': {
    value: 'URL',
    help: "the school's own sign-in, an OpenID Connect provider (default: none)",
  },
  'oidc-client': { value: 'ID', help: 'what the console is called there' },
  'oidc-secret-file': { value: 'FILE', help: 'holds the secret that the console has there' },
  'oidc-claim': {
    value: 'NAME',
    help: `by which it tells people apart: sub or oid (default: ${DEFAULT_CLAIM})`,
  },
}

/** What the options say of a provider; undefined where none is given. Never throws. */
export function readProvider(
  invocation: Invocation,
): ProviderOptions | Failure<'usage'> | undefined {
  const issuer = valueOf(invocation, 'oidc-issuer')
  const clientId = valueOf(invocation, 'oidc-client')
  const secret = valueOf(invocation, 'oidc-secret-file')
  const claim = valueOf(invocation, 'oidc-claim')
  if ([issuer, clientId, secret, claim].every((one) => one === undefined)) return undefined
  if (issuer === undefined || clientId === undefined || secret === undefined)
    return failure('usage', '--oidc-issuer, --oidc-client and --oidc-secret-file go together')
  const secretFile = resolve(invocation.folder, secret)
  return { issuer, clientId, secretFile, claim: claim ?? DEFAULT_CLAIM }
}
