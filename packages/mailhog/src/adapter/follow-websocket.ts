/**
 * Holds a WebSocket until the signal aborts or the other side ends it. Never rejects.
 *
 * @param onText what the server says, and how to answer.
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
      // A server that is paused would not say goodbye.
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
