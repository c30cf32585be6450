import type { OutputChunk } from '../../runtime/runtime.ts'

const maxBytes = 10 * 2 ** 20

/** Collects a program's two streams: the first 10 MiB of each, the rest is read and dropped. */
export const createExecOutput = () => {
  const kept: Record<OutputChunk['stream'], { chunks: Uint8Array[]; length: number }> = {
    stdout: { chunks: [], length: 0 },
    stderr: { chunks: [], length: 0 },
  }
  return {
    add({ stream, bytes }: OutputChunk): void {
      const target = kept[stream]
      const part = bytes.subarray(0, maxBytes - target.length)
      if (part.length === 0) return
      target.chunks.push(part)
      target.length += part.length
    },
    /** Decodes all bytes together, so that no character is split; one cut by the limit is dropped. */
    text(stream: OutputChunk['stream']): string {
      const { chunks, length } = kept[stream]
      return new TextDecoder().decode(Buffer.concat(chunks), { stream: length === maxBytes })
    },
  }
}

/** Output collected from a program. */
export type ExecOutput = ReturnType<typeof createExecOutput>
