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
      },
    )
    callback(): RequestListener
  }
}
