/** The provider of the package `oidc-provider`, on loopback, whose own pages let anybody sign in as whom they say; it vouches for an address of each. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

export interface RealProvider {
  readonly issuer: string
  /** Makes the client known, once its address is. */
  readonly admit: (client: {
    readonly id: string
    readonly secret: string
    readonly redirectUri: string
  }) => void
  readonly close: () => Promise<void>
}

export async function startRealProvider(): Promise<RealProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  return {
    issuer,
    admit: ({ id, secret, redirectUri }) => {
      const provider = new Provider(issuer, {
        clients: [{ client_id: id, client_secret: secret, redirect_uris: [redirectUri] }],
        cookies: { keys: ['only for tests'] },
        pkce: { required: () => true },
        claims: { email: ['email', 'email_verified'] },
        conformIdTokenClaims: false,
        findAccount: (_context, id) => ({
          accountId: id,
          claims: () => ({ sub: id, email: `${id}@school.test`, email_verified: true }),
        }),
      })
      server.on('request', provider.callback())
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
