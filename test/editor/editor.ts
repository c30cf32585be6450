import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { startLanguageServer } from './language-server.ts'

/** A fixture file with one passage replaced, as if typed into an open editor. `¦` is the cursor. */
export interface Edit {
  readonly file: string
  /** A passage that occurs exactly once. */
  readonly replace: string
  readonly by: string
}

/** An open folder. With several edits the cursor is in the first; afterwards all is as on disk again. */
export interface Editor extends AsyncDisposable {
  /** What is offered at the cursor, sorted; optional keys end in `?`. */
  complete(...edits: readonly Edit[]): Promise<string[]>
  /** The documentation shown beside one of the offers. */
  document(label: string, ...edits: readonly Edit[]): Promise<string>
  /** What hovering over the cursor shows: type and documentation. */
  hover(...edits: readonly Edit[]): Promise<string>
  /** Where "go to definition" leads: `file: line`. */
  definition(...edits: readonly Edit[]): Promise<string[]>
  /** Errors of the first file: `text under the squiggle: message`. */
  errors(...edits: readonly Edit[]): Promise<string[]>
}

export const openEditor = async (folder: string): Promise<Editor> => {
  const server = await startLanguageServer(pathToFileURL(folder).href)

  const withOpen = async <R>(
    edits: readonly Edit[],
    use: (text: string, cursor: Cursor) => Promise<R>,
  ): Promise<R> => {
    const files = edits.map((edit) => typed(folder, edit))
    for (const { uri, text } of files)
      server.notify('textDocument/didOpen', {
        textDocument: { uri, languageId: 'typescript', version: 1, text },
      })
    try {
      const [first] = files
      if (first === undefined) throw new Error('No file to look at')
      const { uri, text, position } = first
      return await use(text, { textDocument: { uri }, position })
    } finally {
      for (const { uri } of files) server.notify('textDocument/didClose', { textDocument: { uri } })
    }
  }

  const offers = async (cursor: Cursor): Promise<readonly Offer[]> =>
    (await server.request<{ items: Offer[] } | null>('textDocument/completion', cursor))?.items ??
    []

  return {
    complete: (...edits) =>
      withOpen(edits, async (_, cursor) => {
        const labels = (await offers(cursor)).map((offer) => offer.label)
        return labels.filter((label) => label !== '' && label !== 'Symbol').toSorted()
      }),
    document: (label, ...edits) =>
      withOpen(edits, async (_, cursor) => {
        const offer = (await offers(cursor)).find((each) => each.label === label)
        if (offer === undefined) throw new Error(`${label} is not offered`)
        const { documentation } = await server.request<Offer>('completionItem/resolve', offer)
        return documentation?.value ?? ''
      }),
    hover: (...edits) =>
      withOpen(edits, async (_, cursor) => {
        const hover = await server.request<Hover | null>('textDocument/hover', cursor)
        return hover?.contents.value ?? ''
      }),
    definition: (...edits) =>
      withOpen(edits, async (_, cursor) => {
        const found = await server.request<Location | Location[] | null>(
          'textDocument/definition',
          cursor,
        )
        return [found ?? []].flat().map(lineAt)
      }),
    errors: (...edits) =>
      withOpen(edits, async (text, cursor) => {
        const report = await server.request<Report>('textDocument/diagnostic', cursor)
        return report.items.map((item) => `${within(text, item.range)}: ${item.message}`)
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

interface Position {
  readonly line: number
  readonly character: number
}

interface Range {
  readonly start: Position
  readonly end: Position
}

interface Cursor {
  readonly textDocument: { readonly uri: string }
  readonly position: Position
}

interface Location {
  readonly uri: string
  readonly range: Range
}

interface Offer {
  readonly label: string
  readonly documentation?: { readonly value: string }
}

interface Hover {
  readonly contents: { readonly value: string }
}

interface Report {
  readonly items: readonly { readonly message: string; readonly range: Range }[]
}

const typed = (folder: string, { file, replace, by }: Edit) => {
  const path = join(folder, file)
  const parts = readFileSync(path, 'utf8').split(replace)
  if (parts.length !== 2)
    throw new Error(`"${replace}" occurs ${parts.length - 1} times in ${file}, not once`)
  const marked = parts.join(by)
  const before = marked.slice(0, Math.max(0, marked.indexOf('¦'))).split('\n')
  return {
    uri: pathToFileURL(path).href,
    text: marked.replace('¦', ''),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  }
}

const lineAt = ({ uri, range }: Location): string => {
  const path = fileURLToPath(uri)
  return `${basename(path)}: ${readFileSync(path, 'utf8').split('\n')[range.start.line]?.trim()}`
}

const within = (text: string, { start, end }: Range): string =>
  (text.split('\n')[start.line] ?? '').slice(
    start.character,
    start.line === end.line ? end.character : undefined,
  )
