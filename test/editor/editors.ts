import type { Editor } from './editor.ts'
import { openServerEditor } from './server-editor.ts'
import { openServiceEditor } from './service-editor.ts'

/** Every TypeScript that editors run: what opens a folder in it, and where its answers differ. */
const openers = {
  'TypeScript 7': {
    open: openServerEditor,
    // 7.0.2 finds the declaration of a key that a mapped type made, but shows none of its documentation.
    documentsMappedKeys: false,
  },
  'TypeScript 6': { open: openServiceEditor, documentsMappedKeys: true },
}

export type TypeScriptName = keyof typeof openers

export const typeScripts = Object.keys(openers) as readonly TypeScriptName[]

export interface Opened {
  readonly name: TypeScriptName
  readonly editor: Editor
  /** Whether documentation is shown beside a key that comes through a mapped type. */
  readonly documentsMappedKeys: boolean
}

export const openEditor = (name: TypeScriptName, folder: string): Promise<Editor> =>
  openers[name].open(folder)

/** The folder in every TypeScript: all of them are asked the same. */
export const openEditors = (folder: string): Promise<readonly Opened[]> =>
  Promise.all(
    typeScripts.map(async (name) => {
      const { documentsMappedKeys } = openers[name]
      return { name, editor: await openEditor(name, folder), documentsMappedKeys }
    }),
  )

export const closeEditors = async (editors: readonly Opened[]): Promise<void> => {
  await Promise.all(editors.map(({ editor }) => editor[Symbol.asyncDispose]()))
}
