import type { Editor } from './editor.ts'
import { openServerEditor } from './server-editor.ts'
import { openServiceEditor } from './service-editor.ts'

/** Every TypeScript version that editors use: how to open a folder in it, and how its answers differ. */
const openers = {
  'TypeScript 7': {
    open: openServerEditor,
    // 7.0.2 finds the declaration of a key from a mapped type, but does not show its documentation.
    documentsMappedKeys: false,
  },
  'TypeScript 6': { open: openServiceEditor, documentsMappedKeys: true },
}

/** Name of a TypeScript version. */
export type TypeScriptName = keyof typeof openers

/** Names of all TypeScript versions. */
export const typeScripts = Object.keys(openers) as readonly TypeScriptName[]

/** A folder that is open in one TypeScript version. */
export interface Opened {
  readonly name: TypeScriptName
  readonly editor: Editor
  /** Whether keys from mapped types show their documentation. */
  readonly documentsMappedKeys: boolean
}

/** Opens a folder in one TypeScript version. */
export const openEditor = (name: TypeScriptName, folder: string): Promise<Editor> =>
  openers[name].open(folder)

/** Opens a folder in every TypeScript version. */
export const openEditors = (folder: string): Promise<readonly Opened[]> =>
  Promise.all(
    typeScripts.map(async (name) => {
      const { documentsMappedKeys } = openers[name]
      return { name, editor: await openEditor(name, folder), documentsMappedKeys }
    }),
  )

/** Closes all editors. */
export const closeEditors = async (editors: readonly Opened[]): Promise<void> => {
  await Promise.all(editors.map(({ editor }) => editor[Symbol.asyncDispose]()))
}
