import { type Duplex, Writable } from 'node:stream'
import { pause } from '../../call/pause.ts'
import type { InteractiveOptions, InteractiveProgram } from '../../runtime/interactive-program.ts'
import type { OutputChunk } from '../../runtime/running-program.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { ApiFailure, detailOf, engineError, shortId } from '../api/errors.ts'
import { createDemux } from '../api/frames.ts'
import { startError } from './start-error.ts'

/** Starts a container with the input and output of the caller; see `RuntimeAbilities.startInteractive`. */
export const startInteractive = async (
  api: EngineApi,
  id: string,
  { onOutput }: InteractiveOptions,
): Promise<InteractiveProgram> => {
  const path = `/containers/${segment(id)}`
  let stream: Duplex | undefined
  try {
    const { Config: config } = await api.json<ConfigJson>('GET', `${path}/json`)
    stream = await api.hijack(`${path}/attach`, {
      query: { stream: 1, stdin: 1, stdout: 1, stderr: 1, detachKeys },
    })
    const outputEnded = readOutput(stream, config.Tty, onOutput)
    await api.json('POST', `${path}/start`)
    return {
      input: inputOf(stream),
      resize: ({ columns: w, rows: h }) => (config.Tty ? resize(api, path, { w, h }) : nothing()),
      exited: exitOf(api, id, outputEnded),
    }
  } catch (error) {
    stream?.destroy()
    throw startError(error, id)
  }
}

// ---

interface ConfigJson {
  readonly Config: { readonly Tty: boolean }
}

/** Not typed by accident; with the default keys of the engine, Ctrl-P does not reach the program. */
const detachKeys = 'ctrl-^,ctrl-_,ctrl-^,ctrl-@'

const nothing = async (): Promise<void> => {}

/** Its own stream, so that its errors are not the caller's: the end of the program is reported by `exited`. */
const inputOf = (stream: Duplex): Writable =>
  new Writable({
    write: (bytes: Buffer, _encoding, callback) => {
      if (stream.writable) stream.write(bytes, () => callback())
      else callback()
    },
    final: (callback) => {
      if (stream.writable) stream.end(() => callback())
      else callback()
    },
  })

/** Resolves at the end of the output, with why it is incomplete, if so. Never rejects. */
const readOutput = (
  stream: Duplex,
  isTerminal: boolean,
  onOutput: InteractiveOptions['onOutput'],
): Promise<string | undefined> => {
  const waits = { open: 0 }
  const pass = ({ stream: from, bytes }: OutputChunk) => {
    // The bytes are a part of a buffer that the socket may use again.
    const pending = onOutput({ stream: from, bytes: Buffer.from(bytes) })
    if (pending === undefined) return
    waits.open += 1
    stream.pause()
    void pending.finally(() => {
      waits.open -= 1
      if (waits.open === 0) stream.resume()
    })
  }
  const demux = createDemux(pass)
  stream.on('data', (bytes: Buffer) => {
    if (isTerminal) pass({ stream: 'stdout', bytes })
    else demux(bytes)
  })
  return new Promise((resolve) => {
    stream.once('end', () => resolve(undefined))
    stream.once('error', (error) => resolve(detailOf(error)))
    stream.once('close', () => resolve(undefined))
  })
}

const exitOf = (
  api: EngineApi,
  id: string,
  outputEnded: Promise<string | undefined>,
): Promise<number> => {
  const exited = (async () => {
    const fault = await outputEnded
    const doing = `the program in container ${shortId(id)} was lost`
    if (fault !== undefined) throw engineError(new Error(fault), doing, { container: id })
    try {
      const path = `/containers/${segment(id)}/wait`
      return (await api.json<{ StatusCode: number }>('POST', path, { long: true })).StatusCode
    } catch (error) {
      throw engineError(error, doing, { container: id }, 'SERVICE_NOT_RUNNING')
    }
  })()
  // The caller may be busy elsewhere when it fails.
  exited.catch(() => undefined)
  return exited
}

/** A terminal may not be open yet when its program has just been started. */
const resize = async (api: EngineApi, path: string, query: { w: number; h: number }) => {
  for (let tries = 0; tries < 10; tries++) {
    try {
      return await api.json<void>('POST', `${path}/resize`, { query })
    } catch (error) {
      // It has ended, or begins.
      if (!(error instanceof ApiFailure)) throw error
      await pause(20 * tries)
    }
  }
}
