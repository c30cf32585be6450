import type { JSX } from 'preact'
import { useStore } from './context.ts'
import { Icon, type IconName } from './icon.tsx'

/** A button that copies a text. */
export const CopyButton = ({
  text,
  label,
  icon = 'copy',
  bare = false,
}: {
  readonly text: () => string | Promise<string>
  readonly label: string
  readonly icon?: IconName
  /** Shows the icon only. */
  readonly bare?: boolean
}): JSX.Element => {
  const store = useStore()
  return (
    <button
      type="button"
      class="quiet"
      title={bare ? label : undefined}
      aria-label={bare ? label : undefined}
      onClick={async () => {
        const copied = await copy(await text())
        store.notice.value = copied ? 'Copied' : 'The browser did not allow copying'
      }}
    >
      <Icon name={icon} />
      {!bare && label}
    </button>
  )
}

// ---

/** Not every browser has a clipboard for a page that was opened as a file; a selection can be copied in all. */
const copy = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'unseen'
    document.body.append(area)
    area.select()
    const copied = document.execCommand('copy')
    area.remove()
    return copied
  }
}
