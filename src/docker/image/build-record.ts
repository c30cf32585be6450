import { stripVTControlCharacters } from 'node:util'
import { messageOf } from '../../errors/unknown-error.ts'
import type { ProgressJson } from '../api/api-types.ts'
import { type BuildStatus, statusIn } from './buildkit-status.ts'
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

/** Where progress goes, and what must not be in it. */
export interface RecordOptions {
  readonly onProgress?: WorkOptions['onProgress'] | undefined
  /** Returns text without secrets; default the text. */
  readonly hide?: (text: string) => string
  /** Called with the progress that BuildKit reports. */
  readonly onStatus?: (status: BuildStatus) => void
}

/** Creates the record of a build by the classic builder, whose output is text. */
export const classicRecord = (options: RecordOptions): BuildRecord =>
  textRecord(classicWords, options)

/** Creates the record of a build by Podman, whose output is text. */
export const buildahRecord = (options: RecordOptions): BuildRecord =>
  textRecord(buildahWords, options)

/** Creates the record of a build by BuildKit, whose steps run side by side. Layers of a failed build are its cache. */
export const buildkitRecord = ({
  onProgress,
  onStatus,
  hide = (text) => text,
}: RecordOptions): BuildRecord => {
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
    }, hide)
    const made = { tail, lines }
    outputs.set(digest, made)
    return made
  }
  const unread = new Set<string>()
  /** What BuildKit reports is evidence: whether the image was built does not depend on it. */
  const decoded = (line: ProgressJson): BuildStatus | undefined => {
    try {
      return statusIn(line)
    } catch (error) {
      const reason = `progress could not be read: ${messageOf(error)}`
      if (!unread.has(reason)) show(reason)
      unread.add(reason)
      return undefined
    }
  }
  const addStatus = (status: BuildStatus) => {
    onStatus?.(status)
    const { steps, output } = status
    for (const { digest, name: raw, started, error } of steps) {
      const name = hide(raw)
      if (started && !begun.has(digest) && !isInternal(name)) {
        begun.add(digest)
        last = name
        show(name)
      }
      // The steps that run at the same time are cancelled.
      if (error !== '' && !/context canceled/.test(error) && !isOptional(name))
        failed ??= { name, digest }
    }
    for (const { step, text } of output) outputOf(step).lines.add(text)
  }
  return {
    add(line) {
      const status = decoded(line)
      if (status !== undefined) addStatus(status)
      const { stream } = line
      if (stream !== undefined && stream.trim() !== '') show(hide(stream.trimEnd()))
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

/** How a builder words its output. */
interface Words {
  /** Begins a step. */
  readonly step: RegExp
  /** Begins a step that makes no layer. */
  readonly from: RegExp
  /** Matches a line which says that the layer of the step is an earlier one. */
  readonly cached: RegExp
  /** Has the id of a layer as its first group. */
  readonly layer: RegExp
  /** Lines that are left out. */
  readonly noise?: RegExp
}

const classicWords: Words = {
  step: /^Step \d+\/\d+ : /,
  from: /^Step \d+\/\d+ : FROM /,
  cached: /---> Using cache/,
  layer: /^ ---> ([0-9a-f]{12})$/,
  noise: /^Removing intermediate container/,
}

/** The stage comes before the step if there are several. */
const buildahWords: Words = {
  step: /^(?:\[\d+\/\d+\] )?STEP \d+\/\d+: /,
  from: /STEP \d+\/\d+: FROM /i,
  cached: /^--> Using cache /,
  layer: /^--> ([0-9a-f]{12})$/,
}

const textRecord = (words: Words, { onProgress, hide }: RecordOptions): BuildRecord => {
  const lines = createTail()
  const layers: string[] = []
  let step: string | undefined
  let cached = false
  const text = createLines((line) => {
    if (words.noise?.test(line)) return
    lines.add(line)
    if (words.step.test(line)) [step, cached] = [line, false]
    if (words.cached.test(line)) cached = true
    const layer = words.layer.exec(line)?.[1]
    if (layer !== undefined && !cached && step !== undefined && !words.from.test(step))
      layers.push(layer)
    onProgress?.(line)
  }, hide)
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

const kept = 40
/** Characters after which a line is cut in two. */
const longestLine = 16_384

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
const createLines = (
  onLine: (line: string) => void,
  hide = (text: string): string => text,
): Lines => {
  const decoder = new TextDecoder()
  let rest = ''
  const give = (raw: string) => {
    const line = hide(stripVTControlCharacters(raw.replace(/\r$/, '')))
    if (line.trim() !== '') onLine(line)
  }
  return {
    add(text) {
      const more = typeof text === 'string' ? text : decoder.decode(text, { stream: true })
      const parts = (rest + more).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) give(part)
      // Output without an end of line must not fill the memory.
      while (rest.length > longestLine) {
        give(rest.slice(0, longestLine))
        rest = rest.slice(longestLine)
      }
    },
    end() {
      give(rest)
      rest = ''
    },
  }
}

/** A cache that cannot be read is left out. */
const isOptional = (name: string): boolean => name.startsWith('importing cache manifest')

/** Work of BuildKit itself, such as reading the context. */
const isInternal = (name: string): boolean =>
  name.startsWith('[internal]') || name === 'copy /context /'
