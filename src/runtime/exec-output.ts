import type { Truncated } from '../model/exec.ts'
import type { OutputChunk } from './running-program.ts'

const maxBytes = 10 * 2 ** 20

/** Collects a program's two streams: the first 10 MiB of each, the rest is read and dropped. */
export const createExecOutput = () => {
  const kept: Record<OutputChunk['stream'], Kept> = {
    stdout: { chunks: [], length: 0, truncated: false },
    stderr: { chunks: [], length: 0, truncated: false },
  }
  return {
    add({ stream, bytes }: OutputChunk): void {
      const target = kept[stream]
      const part = bytes.subarray(0, maxBytes - target.length)
      if (part.length < bytes.length) target.truncated = true
      if (part.length === 0) return
      target.chunks.push(part)
      target.length += part.length
    },
    /** Decodes all bytes together, so that no character is split; one cut by the limit is dropped. */
    text(stream: OutputChunk['stream']): string {
      const { chunks, truncated } = kept[stream]
      return new TextDecoder().decode(Buffer.concat(chunks), { stream: truncated })
    },
    /** Returns which streams were longer than the limit. */
    truncated: (): Truncated => ({
      stdout: kept.stdout.truncated,
      stderr: kept.stderr.truncated,
    }),
  }
}

interface Kept {
  readonly chunks: Uint8Array[]
  length: number
  truncated: boolean
}

/** Output collected from a program. */
export type ExecOutput = ReturnType<typeof createExecOutput>
