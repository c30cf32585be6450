import { fileURLToPath, pathToFileURL } from 'node:url'
import { type EditedFile, edited, lineAt } from './edited.ts'
import type { Edit, Editor } from './editor.ts'
import { startLanguageServer } from './language-server.ts'
import { offered } from './offered.ts'

/** Opens a folder in TypeScript 7, which editors use over the language server protocol. */
export const openServerEditor = async (folder: string): Promise<Editor> => {
  const server = await startLanguageServer(pathToFileURL(folder).href)

  const withOpen = async <R>(
    edits: readonly Edit[],
    use: (text: string, cursor: Cursor) => Promise<R>,
  ): Promise<R> => {
    const files = edited(folder, edits)
    const [first] = files
    for (const { path, text } of files)
      server.notify('textDocument/didOpen', {
        textDocument: { uri: uriOf(path), languageId: 'typescript', version: 1, text },
      })
    try {
      const cursor = { textDocument: { uri: uriOf(first.path) }, position: positionOf(first) }
      return await use(first.text, cursor)
    } finally {
      for (const { path } of files)
        server.notify('textDocument/didClose', { textDocument: { uri: uriOf(path) } })
    }
  }

  const offers = async (cursor: Cursor): Promise<readonly Offer[]> =>
    (await server.request<{ items: Offer[] } | null>('textDocument/completion', cursor))?.items ??
    []

  return {
    complete: (...edits) =>
      withOpen(edits, async (_, cursor) =>
        offered((await offers(cursor)).map(({ label }) => label)),
      ),
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
        return [found ?? []].flat().map(({ uri, range }) => {
          return lineAt(fileURLToPath(uri), range.start.line)
        })
      }),
    errors: (...edits) =>
      withOpen(edits, async (text, cursor) => {
        const report = await server.request<Report>('textDocument/diagnostic', cursor)
        return report.items
          .filter(({ severity }) => severity === error)
          .map((item) => `${within(text, item.range)}: ${item.message}`)
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

// ---

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
  readonly items: readonly Diagnostic[]
}

interface Diagnostic {
  readonly message: string
  readonly range: Range
  readonly severity: number
}

/** The severity of errors in the protocol. */
const error = 1

const uriOf = (path: string): string => pathToFileURL(path).href

const positionOf = ({ text, cursor }: EditedFile): Position => {
  const before = text.slice(0, cursor).split('\n')
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 }
}

const within = (text: string, { start, end }: Range): string =>
  (text.split('\n')[start.line] ?? '').slice(
    start.character,
    start.line === end.line ? end.character : undefined,
  )
