// The part of tar-stream that is used; it has no types of its own.
declare module 'tar-stream' {
  import type { Readable, Writable } from 'node:stream'

  export interface Header {
    name: string
    mode?: number
    size?: number
    mtime?: Date
    type?: 'file' | 'directory' | 'symlink'
    linkname?: string
  }

  export interface Pack extends Readable {
    entry(header: Header, content: Buffer | string): Writable
    entry(header: Header, callback: (error?: Error | null) => void): Writable
    finalize(): void
  }

  export function pack(): Pack
}
