import type { OutputChunk } from '../../runtime/runtime.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { createDemux } from '../api/frames.ts'

export interface Attachment {
  /** Resolves when the last byte was handed on: the program ended, or the connection broke. */
  readonly ended: Promise<void>
  close(): void
}

/**
 * Reads a container's output from the moment of the call; to be made before the start.
 * Reads always: an attached reader that stops blocks the program within seconds.
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
    // A broken connection ends the output; that the engine is gone is told by the event stream.
    stream.on('error', () => resolve())
  })
  stream.on('data', createDemux(onOutput))
  return { ended, close: () => stream.destroy() }
}
