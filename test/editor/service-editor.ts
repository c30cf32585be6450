import { join } from 'node:path'
import ts from 'typescript-6'
import { type EditedFile, edited, lineAt } from './edited.ts'
import type { Edit, Editor } from './editor.ts'
import { offered } from './offered.ts'
import { sortedUnions } from './sorted-unions.ts'

/** Opens a folder in TypeScript 6, whose language service is a library that editors load as "tsserver". */
export const openServiceEditor = async (folder: string): Promise<Editor> => {
  const open = new Map<string, { readonly version: number; readonly text: string }>()
  const service = ts.createLanguageService(hostOf(folder, open))
  let version = 0

  const withOpen = <R>(edits: readonly Edit[], use: (file: EditedFile) => R): Promise<R> => {
    const files = edited(folder, edits)
    version += 1
    for (const { path, text } of files) open.set(path, { version, text })
    try {
      return Promise.resolve(use(files[0]))
    } finally {
      for (const { path } of files) open.delete(path)
    }
  }

  const offers = ({ path, cursor }: EditedFile): readonly ts.CompletionEntry[] =>
    service.getCompletionsAtPosition(path, cursor, preferences)?.entries ?? []

  return {
    complete: (...edits) => withOpen(edits, (file) => offered(offers(file).map(labelOf))),
    document: (label, ...edits) =>
      withOpen(edits, (file) => {
        const offer = offers(file).find((each) => labelOf(each) === label)
        if (offer === undefined) throw new Error(`${label} is not offered`)
        const { path, cursor } = file
        const { name, source, data } = offer
        return text(
          service.getCompletionEntryDetails(path, cursor, name, {}, source, preferences, data),
        )
      }),
    hover: (...edits) =>
      withOpen(edits, ({ path, cursor }) => {
        const found = service.getQuickInfoAtPosition(path, cursor)
        return `${sortedUnions(ts.displayPartsToString(found?.displayParts))}\n${text(found)}`
      }),
    definition: (...edits) =>
      withOpen(edits, ({ path, cursor }) =>
        (service.getDefinitionAtPosition(path, cursor) ?? []).map(({ fileName, textSpan }) => {
          const file = service.getProgram()?.getSourceFile(fileName)
          return lineAt(fileName, file?.getLineAndCharacterOfPosition(textSpan.start).line ?? -1)
        }),
      ),
    errors: (...edits) =>
      withOpen(edits, (file) =>
        [
          ...service.getSyntacticDiagnostics(file.path),
          ...service.getSemanticDiagnostics(file.path),
        ].map(({ start = 0, length = 0, messageText }) => {
          const under = file.text.slice(start, start + length).split('\n')[0]
          return `${under}: ${sortedUnions(ts.flattenDiagnosticMessageText(messageText, '\n'))}`
        }),
      ),
    [Symbol.asyncDispose]: async () => service.dispose(),
  }
}

// ---

/** The settings of editors: completions include names that are not identifiers, inserted in brackets. */
const preferences: ts.UserPreferences = {
  includeCompletionsWithInsertText: true,
  quotePreference: 'single',
}

const labelOf = ({ name, kindModifiers = '' }: ts.CompletionEntry): string =>
  kindModifiers.split(',').includes('optional') ? `${name}?` : name

const text = (found: { readonly documentation?: ts.SymbolDisplayPart[] } | undefined): string =>
  ts.displayPartsToString(found?.documentation)

/** An option of the language service that its types lack. */
interface EditorHost {
  useSourceOfProjectReferenceRedirect(): boolean
}

const hostOf = (
  folder: string,
  open: ReadonlyMap<string, { readonly version: number; readonly text: string }>,
): ts.LanguageServiceHost & EditorHost => {
  const config = ts.getParsedCommandLineOfConfigFile(join(folder, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
    },
  })
  if (config === undefined || config.errors.length > 0)
    throw new Error(ts.formatDiagnostics(config?.errors ?? [], formatHost))
  return {
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => config.options,
    getScriptFileNames: () => config.fileNames,
    getProjectReferences: () => config.projectReferences,
    // As in editors: uses the sources of a referenced project, not its last build.
    useSourceOfProjectReferenceRedirect: () => true,
    getScriptVersion: (file) => String(open.get(file)?.version ?? 0),
    getScriptSnapshot: (file) => {
      const content = open.get(file)?.text ?? ts.sys.readFile(file)
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
    },
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  }
}

const formatHost: ts.FormatDiagnosticsHost = {
  getCurrentDirectory: ts.sys.getCurrentDirectory,
  getCanonicalFileName: (file) => file,
  getNewLine: () => '\n',
}
