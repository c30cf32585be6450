import type { BlobRef } from '../event/event.ts'
import type { BlobStore } from './blob-store.ts'
import type { Redactor } from './redact.ts'

/** Text up to this many characters goes into the entry itself. */
const inlineText = 8 * 1024

/** Where long text is kept. */
export interface TextStore {
  readonly blob: BlobStore
  readonly redactor: Redactor
}

/** The part of a text that goes into its entry, and the reference to the whole if it is longer. */
export interface KeptText {
  readonly text: string
  readonly blob: BlobRef | undefined
}

/** Keeps a text for an entry, without secrets. @param truncated whether its end was cut before. */
export const keepText = (
  { blob, redactor }: TextStore,
  text: string,
  truncated = false,
): KeptText => {
  if (text.length <= inlineText) return { text, blob: undefined }
  // Redact before cutting, since half a secret at the end would not be recognised; the engine's limit may have cut one.
  const shown = truncated ? redactor.unfinished(text) : redactor.text(text)
  return { text: shown.slice(0, inlineText), blob: blob(shown) }
}

/** Returns the references of named texts, for the `blobs` of their entry; `undefined` if all are short. */
export const blobsOf = <N extends string>(
  texts: Readonly<Partial<Record<N, KeptText>>>,
): Readonly<Partial<Record<N, BlobRef>>> | undefined => {
  const blobs = Object.entries<KeptText | undefined>(texts).flatMap(([name, kept]) =>
    kept?.blob === undefined ? [] : [[name, kept.blob] as const],
  )
  return blobs.length === 0 ? undefined : (Object.fromEntries(blobs) as Partial<Record<N, BlobRef>>)
}
