// Makes this process trust a test server's authority, as NODE_EXTRA_CA_CERTS would from its start.
import tls from 'node:tls'

export function trust(ca: string): void {
  const { createSecureContext } = tls
  tls.createSecureContext = (options = {}) => createSecureContext({ ca, ...options })
}
