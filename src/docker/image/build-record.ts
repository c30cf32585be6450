import { stripVTControlCharacters } from 'node:util'
import type { ProgressJson } from '../api/api-types.ts'
import { decodeBuildStatus } from './buildkit-status.ts'
import { withoutContextFolder } from './move-context.ts'
import type { WorkOptions } from './shared-work.ts'

/** Collects the output of a build. */
export interface BuildRecord {
  /** Takes a line of the engine's answer. */
  add(line: ProgressJson): void
  /** Returns the last 40 lines of output; of the failed step, if the builder reports them by step. */
  lastLines(): readonly string[]
  /** The step that failed; while nothing did, the last one that began. */
  step(): string | undefined
  /** Layers that the build made and that stay when it fails. */
  layers(): readonly string[]
}

/** Creates the record of a build by the classic builder, whose output is text. */
export const classicRecord = (onProgress: WorkOptions['onProgress']): BuildRecord => {
  const lines = createTail()
  const layers: string[] = []
  let step: string | undefined
  let cached = false
  const text = createLines((line) => {
    if (line.startsWith('Removing intermediate container')) return
    lines.add(line)
    if (/^Step \d+\/\d+ : /.test(line)) [step, cached] = [line, false]
    if (line.includes('---> Using cache')) cached = true
    const layer = /^ ---> ([0-9a-f]{12})$/.exec(line)?.[1]
    if (layer !== undefined && !cached && !step?.includes(' : FROM ')) layers.push(layer)
    onProgress?.(line)
  })
  return {
    add({ stream, status, id }) {
      if (status !== undefined) onProgress?.(id === undefined ? status : `${id}: ${status}`)
      text.add(stream ?? '')
    },
    lastLines() {
      text.end()
      return lines.all()
    },
    step: () => step,
    layers: () => layers,
  }
}

/** Creates the record of a build by BuildKit, whose steps run side by side. Layers of a failed build are its cache. */
export const buildkitRecord = (onProgress: WorkOptions['onProgress']): BuildRecord => {
  const all = createTail()
  const outputs = new Map<string, { readonly tail: Tail; readonly lines: Lines }>()
  const begun = new Set<string>()
  let failed: { readonly name: string; readonly digest: string } | undefined
  let last: string | undefined
  const show = (line: string) => {
    all.add(line)
    onProgress?.(line)
  }
  const outputOf = (digest: string) => {
    const known = outputs.get(digest)
    if (known !== undefined) return known
    const tail = createTail()
    const lines = createLines((line) => {
      tail.add(line)
      show(line)
    })
    const made = { tail, lines }
    outputs.set(digest, made)
    return made
  }
  const addStatus = (message: string) => {
    const { steps, output } = decodeBuildStatus(Buffer.from(message, 'base64'))
    for (const { digest, name: raw, started, error } of steps) {
      const name = withoutContextFolder(raw)
      if (started && !begun.has(digest) && !isInternal(name)) {
        begun.add(digest)
        last = name
        show(name)
      }
      // The steps that run at the same time are cancelled.
      if (error !== '' && !/context canceled/.test(error)) failed ??= { name, digest }
    }
    for (const { step, text } of output) outputOf(step).lines.add(text)
  }
  return {
    add({ id, aux, stream }) {
      if (id === 'moby.buildkit.trace' && typeof aux === 'string') addStatus(aux)
      if (stream !== undefined && stream.trim() !== '') show(stream.trimEnd())
    },
    lastLines() {
      for (const { lines } of outputs.values()) lines.end()
      const own = failed === undefined ? [] : (outputs.get(failed.digest)?.tail.all() ?? [])
      return own.length > 0 ? own : all.all()
    },
    step: () => failed?.name ?? last,
    layers: () => [],
  }
}

// ---

const kept = 40

interface Tail {
  add(line: string): void
  all(): readonly string[]
}

const createTail = (): Tail => {
  const lines: string[] = []
  return {
    add(line) {
      lines.push(line)
      if (lines.length > kept) lines.shift()
    },
    all: () => lines,
  }
}

interface Lines {
  add(text: string | Uint8Array): void
  /** Ends the last line. */
  end(): void
}

/** Splits output into lines, without empty ones and without colours. */
const createLines = (onLine: (line: string) => void): Lines => {
  const decoder = new TextDecoder()
  let rest = ''
  const give = (raw: string) => {
    const line = withoutContextFolder(stripVTControlCharacters(raw.replace(/\r$/, '')))
    if (line.trim() !== '') onLine(line)
  }
  return {
    add(text) {
      const more = typeof text === 'string' ? text : decoder.decode(text, { stream: true })
      const parts = (rest + more).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) give(part)
    },
    end() {
      give(rest)
      rest = ''
    },
  }
}

/** Work of BuildKit itself, such as reading the context. */
const isInternal = (name: string): boolean =>
  name.startsWith('[internal]') || name === 'copy /context /'
