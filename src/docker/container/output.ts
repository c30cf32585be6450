import type { OutputChunk } from '../../runtime/runtime.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { createDemux } from '../api/frames.ts'

/** An attached reader of a container's output. */
export interface Attachment {
  /** Resolves after the last byte: the program ended, or the connection broke. */
  readonly ended: Promise<void>
  /** Stops reading. */
  close(): void
}

/**
 * Reads a container's output from now on; call it before the start. Never pauses: an attached reader that stops
 * reading blocks the program within seconds.
 */
export const attachOutput = async (
  api: EngineApi,
  id: string,
  onOutput: (chunk: OutputChunk) => void,
): Promise<Attachment> => {
  const stream = await api.stream('POST', `/containers/${segment(id)}/attach`, {
    query: { stream: 1, stdout: 1, stderr: 1 },
  })
  const ended = new Promise<void>((resolve) => {
    stream.on('close', resolve)
    // A broken connection ends the output; the event stream reports that the engine is gone.
    stream.on('error', () => resolve())
  })
  stream.on('data', createDemux(onOutput))
  return { ended, close: () => stream.destroy() }
}
