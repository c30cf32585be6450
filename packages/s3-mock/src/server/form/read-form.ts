import { S3Error } from '../s3-error.ts'

/** A form whose last field is a file. Fields after the file are not read. */
export interface UploadForm {
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, string>
  readonly fileName: string
  readonly file: AsyncIterable<Buffer>
}

const maxFields = 64 * 1024

/** Reads the fields of `multipart/form-data` up to the file, whose data is read piece by piece. */
export const readForm = async (
  source: AsyncIterable<Buffer>,
  contentType: string,
): Promise<UploadForm> => {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw new S3Error('MalformedPOSTRequest')
  const scanner = createScanner(source, maxFields)
  const fields = new Map<string, string>()
  await scanner.upTo(`--${boundary}`)
  for (;;) {
    // Two dashes after a boundary end the form.
    if ((await scanner.upTo('\r\n')).toString().startsWith('--')) break
    const head = (await scanner.upTo('\r\n\r\n')).toString('utf8')
    const name = parameter(head, 'name')?.toLowerCase()
    if (name === undefined) throw new S3Error('MalformedPOSTRequest')
    if (name === 'file')
      return {
        fields,
        fileName: parameter(head, 'filename')?.split(/[\\/]/).at(-1) ?? '',
        file: scanner.streamTo(`\r\n--${boundary}`),
      }
    fields.set(name, (await scanner.upTo(`\r\n--${boundary}`)).toString('utf8'))
  }
  throw new S3Error('InvalidArgument', {
    message: 'POST requires exactly one file upload per request.',
    details: { ArgumentName: 'file', ArgumentValue: 0 },
  })
}

// ---

const parameter = (head: string, name: string): string | undefined =>
  new RegExp(`[;\\s]${name}="([^"]*)"`, 'i').exec(
    head.split('\r\n').find((line) => /^content-disposition:/i.test(line)) ?? '',
  )?.[1]

interface Scanner {
  /** Returns everything before the mark, and skips the mark. */
  upTo(mark: string): Promise<Buffer>
  /** Yields everything before the mark piece by piece, and discards the rest. */
  streamTo(mark: string): AsyncGenerator<Buffer, void, undefined>
}

const createScanner = (source: AsyncIterable<Buffer>, most: number): Scanner => {
  const iterator = source[Symbol.asyncIterator]()
  let buffer: Buffer = Buffer.alloc(0)
  const more = async () => {
    const { done, value } = await iterator.next()
    if (done) throw new S3Error('MalformedPOSTRequest')
    buffer = buffer.length === 0 ? value : Buffer.concat([buffer, value])
  }
  return {
    async upTo(mark) {
      for (;;) {
        const at = buffer.indexOf(mark)
        if (at !== -1) {
          const found = buffer.subarray(0, at)
          buffer = buffer.subarray(at + mark.length)
          return found
        }
        if (buffer.length > most)
          throw new S3Error('MaxMessageLengthExceeded', {
            details: { MaxMessageLengthBytes: most },
          })
        await more()
      }
    },
    async *streamTo(mark) {
      for (;;) {
        const at = buffer.indexOf(mark)
        if (at !== -1) {
          if (at > 0) yield buffer.subarray(0, at)
          break
        }
        // The end of what has arrived may be the start of the mark.
        const safe = buffer.length - mark.length
        if (safe > 0) {
          yield buffer.subarray(0, safe)
          buffer = buffer.subarray(safe)
        }
        await more()
      }
      for (;;) if ((await iterator.next()).done) return
    },
  }
}
