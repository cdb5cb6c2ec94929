/** What we use of the package, which publishes no types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'

  export class Provider {
    constructor(
      issuer: string,
      settings: {
        readonly clients: readonly {
          readonly client_id: string
          readonly client_secret: string
          readonly redirect_uris: readonly string[]
        }[]
        readonly cookies: { readonly keys: readonly string[] }
        readonly pkce: { readonly required: () => boolean }
        readonly claims: Readonly<Record<string, readonly string[]>>
        readonly conformIdTokenClaims: boolean
        readonly findAccount: (
          context: unknown,
          id: string,
        ) => {
          readonly accountId: string
          readonly claims: () => Readonly<Record<string, string | boolean>> & {
            readonly sub: string
          }
        }
      },
    )
    callback(): RequestListener
  }
}
