import { useEffect, useState } from 'preact/hooks'
import type { BlobRef } from '../../../../../src/trace/event/event.ts'
import { useStore } from '../context.ts'

/** Returns a text that may be too long for its entry: its beginning until the rest is read, or if the report lacks it. */
export const useText = (
  begin: string | undefined,
  blob: BlobRef | undefined,
): { readonly text: string; readonly cut: boolean } => {
  const { source } = useStore()
  const [whole, setWhole] = useState<string | undefined>(undefined)
  useEffect(() => {
    if (blob === undefined) return
    let wanted = true
    source.blob(blob.sha256).then(
      (bytes) => {
        if (wanted && bytes !== undefined) setWhole(new TextDecoder().decode(bytes))
      },
      () => undefined,
    )
    return () => {
      wanted = false
    }
  }, [source, blob?.sha256])
  return { text: whole ?? begin ?? '', cut: blob !== undefined && whole === undefined }
}
