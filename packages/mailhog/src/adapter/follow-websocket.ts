/**
 * Keeps a WebSocket open until the signal aborts or the other side ends it. Never rejects.
 *
 * @param handlers.onText called with each text message, and a function that sends one back.
 */
export const followWebSocket = (
  url: string,
  handlers: {
    readonly onOpen?: () => void
    readonly onText: (text: string, send: (text: string) => void) => void
  },
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const socket = new WebSocket(url.replace(/^http/, 'ws'))
    const hangUp = () => {
      socket.close()
      // A paused server does not answer the close.
      resolve()
    }
    signal.addEventListener('abort', hangUp, { once: true })
    socket.addEventListener('open', () => handlers.onOpen?.())
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') handlers.onText(data, (text) => socket.send(text))
    })
    // `close` comes after an error, too.
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', () => {
      signal.removeEventListener('abort', hangUp)
      resolve()
    })
  })
