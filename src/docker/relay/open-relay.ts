import { Duplex } from 'node:stream'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { engineError, shortId } from '../api/errors.ts'
import { createDemux } from '../api/frames.ts'
import { relayPath } from '../image/sandbox-image.ts'

/** Runs the relay in a container of the sandbox image; see `Runtime.relay`. */
export const openRelay = async (api: EngineApi, container: string): Promise<Duplex> => {
  try {
    const { Id: id } = await api.json<{ Id: string }>(
      'POST',
      `/containers/${segment(container)}/exec`,
      {
        body: {
          AttachStdin: true,
          AttachStdout: true,
          AttachStderr: true,
          Tty: false,
          Cmd: [relayPath],
        },
      },
    )
    const stream = await api.hijack(`/exec/${id}/start`, { body: { Detach: false, Tty: false } })
    return demuxed(stream)
  } catch (error) {
    if (error instanceof MesocosmError) throw error
    throw engineError(
      error,
      `the relay in container ${shortId(container)} could not be started`,
      { container },
      'SERVICE_NOT_RUNNING',
    )
  }
}

// ---

/** Returns the stream without the engine's own frames. What the relay would print to stderr is none of its frames. */
const demuxed = (stream: Duplex): Duplex => {
  const inner = new Duplex({
    read: () => void stream.resume(),
    write: (chunk: Buffer, _encoding, callback) => void stream.write(chunk, callback),
    final: (callback) => void stream.end(callback),
    destroy: (error, callback) => {
      stream.destroy()
      callback(error)
    },
  })
  const demux = createDemux(({ stream: from, bytes }) => {
    // The bytes are a part of a buffer that the socket may use again.
    if (from === 'stdout' && !inner.push(Buffer.from(bytes))) stream.pause()
  })
  stream.on('data', (bytes: Buffer) => void demux(bytes))
  stream.on('end', () => inner.push(null))
  stream.on('error', (error) => inner.destroy(error))
  stream.on('close', () => inner.destroy())
  return inner
}
