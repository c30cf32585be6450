import { failureOf } from '../../errors/outcome.ts'
import type { ImageWork } from '../../model/image-work.ts'
import type { ImageRequest } from '../../runtime/image-request.ts'
import { now } from '../../trace/event/clock.ts'
import type { OpenSpan } from '../../trace/write/event-file.ts'
import type { RunRecord } from '../../trace/write/run-record.ts'
import { progressOf } from './image-progress.ts'

/** Whose image is pulled or built, and from what. */
export interface ImageTask {
  readonly topology: string
  readonly service: string
  readonly request: Exclude<ImageRequest, { kind: 'local' }>
}

/** The pulls and builds of a run that are in progress. */
export class ImageWorks {
  readonly #record: Pick<RunRecord, 'events'>
  readonly #open = new Map<symbol, () => ImageWork>()

  constructor(record: Pick<RunRecord, 'events'>) {
    this.#record = record
  }

  current(): ImageWork[] {
    return [...this.#open.values()].map((describe) => describe())
  }

  /** Runs a pull or build. It is in the record if the engine reports progress: it does not for an existing image. */
  async during<T>(
    { topology, service, request }: ImageTask,
    work: (onProgress: (line: string) => void) => Promise<T>,
  ): Promise<T> {
    const key = Symbol(service)
    const start = performance.now()
    const began = now()
    const ms = () => Math.round(performance.now() - start)
    const image = request.kind === 'pull' ? request.reference : request.build.context
    let step: string | undefined
    let span: OpenSpan<'image'> | undefined
    this.#open.set(key, () => ({
      topology,
      service,
      doing: doingOf({ service, request, step }),
      forMs: ms(),
    }))
    const onProgress = (line: string) => {
      span ??= this.#record.events.span('image', { s: service, do: request.kind, image }, began)
      const next = progressOf(request.kind, line)
      // A pull reports each layer many times per second.
      if (next === undefined || (request.kind === 'build' && next === step)) return
      step = next
      if (request.kind === 'build')
        this.#record.events.write('image.step', { p: span.id, s: service, step })
    }
    try {
      const result = await work(onProgress)
      span?.end({ ms: ms() })
      return result
    } catch (error) {
      span?.end({ ms: ms(), error: failureOf(error) })
      throw error
    } finally {
      this.#open.delete(key)
    }
  }
}

// ---

const doingOf = ({
  service,
  request,
  step,
}: Pick<ImageTask, 'service' | 'request'> & { readonly step: string | undefined }): string => {
  const done = step === undefined ? '' : `: ${step}`
  return request.kind === 'build'
    ? `building ${service}${done}`
    : `pulling ${request.reference} for ${service}${done}`
}
