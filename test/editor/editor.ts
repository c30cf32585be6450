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

export interface Editor extends AsyncDisposable {
  /** Labels offered at the cursor. */
  complete(...edits: readonly [Edit, ...Edit[]]): Promise<string[]>
  /** What hovering over the cursor shows. */
  hover(edit: Edit): Promise<string>
  /** `file:line text` of where "go to definition" leads. */
  definition(edit: Edit): Promise<string[]>
  /** Errors of the edited file: `text under the squiggle: message`. */
  errors(edit: Edit): Promise<string[]>
}

interface Position {
  readonly line: number
  readonly character: number
}

interface Location {
  readonly uri: string
  readonly range: { readonly start: Position; readonly end: Position }
}

export const openEditor = async (folder: string): Promise<Editor> => {
  const server = await startLanguageServer(pathToFileURL(folder).href)
  const uriOf = (file: string) => pathToFileURL(join(folder, file)).href

  /** Opens the edited files, asks with the cursor of the first, closes them again: back to what is on disk. */
  const ask = async <R>(
    edits: readonly Edit[],
    method: string,
  ): Promise<{ result: R; text: string }> => {
    const opened = edits.map((edit) => ({ uri: uriOf(edit.file), ...apply(folder, edit) }))
    for (const { uri, text } of opened)
      server.notify('textDocument/didOpen', {
        textDocument: { uri, languageId: 'typescript', version: 1, text },
      })
    const [{ uri, text, position } = { uri: '', text: '', position: undefined }] = opened
    const result = await server.request<R>(method, { textDocument: { uri }, position })
    for (const { uri } of opened) server.notify('textDocument/didClose', { textDocument: { uri } })
    return { result, text }
  }

  return {
    complete: async (...edits) => {
      const { result } = await ask<{ items: { label: string }[] } | null>(
        edits,
        'textDocument/completion',
      )
      return (result?.items ?? []).map((item) => item.label)
    },
    hover: async (edit) => {
      const { result } = await ask<{ contents: { value: string } } | null>(
        [edit],
        'textDocument/hover',
      )
      return result?.contents.value ?? ''
    },
    definition: async (edit) => {
      const { result } = await ask<Location[] | Location | null>([edit], 'textDocument/definition')
      return [result ?? []].flat().map(({ uri, range }) => {
        const path = fileURLToPath(uri)
        const line = readFileSync(path, 'utf8').split('\n')[range.start.line] ?? ''
        return `${basename(path)}: ${line.trim()}`
      })
    },
    errors: async (edit) => {
      const { result, text } = await ask<{
        items: { message: string; range: Location['range'] }[]
      }>([edit], 'textDocument/diagnostic')
      const lines = text.split('\n')
      return result.items.map(({ message, range: { start, end } }) => {
        const line = lines[start.line] ?? ''
        const under = line.slice(
          start.character,
          start.line === end.line ? end.character : undefined,
        )
        return `${under}: ${message}`
      })
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const apply = (folder: string, edit: Edit): { text: string; position: Position } => {
  const before = readFileSync(join(folder, edit.file), 'utf8')
  const parts = before.split(edit.replace)
  if (parts.length !== 2)
    throw new Error(`"${edit.replace}" occurs ${parts.length - 1} times in ${edit.file}, not once`)
  const marked = parts.join(edit.by)
  const offset = Math.max(0, marked.indexOf('¦'))
  const upTo = marked.slice(0, offset).split('\n')
  return {
    text: marked.replace('¦', ''),
    position: { line: upTo.length - 1, character: upTo.at(-1)?.length ?? 0 },
  }
}
