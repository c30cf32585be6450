import type { ServedReport, serveReport } from '../report/serve/serve-report.ts'

/** The report of a run, served while the run goes on, from the first time that someone asks for it. */
export class LiveReport {
  #served: Promise<ServedReport> | undefined

  /**
   * Returns the address of the page; it is known to those alone who may connect to the supervisor.
   *
   * @throws {MesocosmError} `TRACE_NOT_FOUND` if the run has no record, because its disk was full.
   */
  async addressOf(folder: string): Promise<string> {
    this.#served ??= serve(folder).catch((error: unknown) => {
      this.#served = undefined
      throw error
    })
    return (await this.#served).url
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#served?.catch(() => undefined))?.[Symbol.asyncDispose]()
  }
}

// ---

const serve = async (folder: string): Promise<ServedReport> => {
  const module: { readonly serveReport: typeof serveReport } = await import(serveModule())
  return module.serveReport(folder)
}

/** Not a part of the supervisor's bundle, which most runs load without it. */
const serveModule = (): string => {
  const own = import.meta.url
  const name = own.endsWith('.ts') ? 'serve-report.ts' : 'serve-report.js'
  return new URL(`../report/serve/${name}`, own).href
}
