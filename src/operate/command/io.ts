/** Input and output of a command: those of this process, or text for one of several lanes. */
export type CommandIo = OwnIo | LinesIo

/** The streams of this process. */
export interface OwnIo {
  readonly kind: 'own'
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Prints a sentence about the command. */
  note(text: string): void
}

/** No input; output is taken by the caller. */
export interface LinesIo {
  readonly kind: 'lines'
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): void
  /** Prints a sentence about the command. */
  note(text: string): void
}

/** Returns the streams of this process. */
export const ownIo = (): OwnIo => ({
  kind: 'own',
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  note: (text) => void process.stderr.write(`mesocosm: ${text}\n`),
})
