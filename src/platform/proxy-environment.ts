/** How the environment says that HTTPS leaves this network. */
export interface ProxyEnvironment {
  readonly HTTPS_PROXY?: string
  readonly NO_PROXY?: string
}

/** Reads `HTTPS_PROXY` and `NO_PROXY`, in either case, as other programs do. */
export function proxyEnvironment(): ProxyEnvironment {
  const { env } = process
  const proxy = env['HTTPS_PROXY'] ?? env['https_proxy']
  const exempt = env['NO_PROXY'] ?? env['no_proxy']
  return {
    ...(proxy ? { HTTPS_PROXY: proxy } : {}),
    ...(exempt ? { NO_PROXY: exempt } : {}),
  }
}
