import type { Attribution } from '../../trace/read/attribution.ts'
import { mergeTrace } from '../../trace/read/merge-trace.ts'
import type { Trace } from '../../trace/read/trace.ts'
import { decodeFiles } from '../format/encode-files.ts'
import { decodePart } from '../format/encode-part.ts'
import { createLogTable } from '../log/log-table.ts'
import { PartText } from '../log/part-text.ts'
import type { LogTable, ReportIndex, ReportSource } from '../source.ts'
import { openChunks } from './chunk-store.ts'
import type { ReportDocument } from './report-document.ts'

/**
 * Opens the run that is embedded in a page. Each part is decoded when it is asked for first; the index is there before
 * the page has loaded.
 */
export const openEmbedded = (document: ReportDocument): ReportSource => {
  const chunks = openChunks(document)
  let index: Promise<ReportIndex> | undefined
  let trace: Promise<Trace> | undefined
  let logs: Promise<LogTable> | undefined
  const blobs = new Map<string, Promise<Uint8Array | undefined>>()
  return {
    index() {
      index ??= chunks.first('index').then((chunk) => {
        if (chunk === undefined) throw new Error('this page has no run in it')
        return jsonOf(chunk) as ReportIndex
      })
      return index
    },
    trace() {
      trace ??= chunks.all('events', (bytes) => bytes).then((all) => mergeTrace(decodeFiles(all)))
      return trace
    },
    logs() {
      logs ??= Promise.all([chunks.all('logs', openPart), chunks.one('attributions', '0')]).then(
        ([parts, attributions]) =>
          createLogTable(
            parts,
            attributions === undefined ? [] : (jsonOf(attributions) as Attribution[]),
          ),
      )
      return logs
    },
    blob(sha256) {
      const known = blobs.get(sha256)
      if (known !== undefined) return known
      const opened = /^[\da-f]{64}$/.test(sha256)
        ? chunks.one('blob', sha256)
        : Promise.resolve(undefined)
      blobs.set(sha256, opened)
      return opened
    },
  }
}

// ---

/** Prepared for searches while the other parts are decompressed, so that the first one is as quick as the next. */
const openPart = (bytes: Uint8Array): PartText => {
  const text = new PartText(decodePart(bytes))
  text.prepare()
  return text
}

const jsonOf = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes))
