import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useStore } from './context.ts'
import { keys } from './keys.ts'

/** The keys of the page. */
export const Help = (): JSX.Element => {
  const store = useStore()
  const dialog = useRef<HTMLDialogElement>(null)
  const shown = store.help.value
  useEffect(() => {
    if (shown) dialog.current?.showModal()
    else dialog.current?.close()
  }, [shown])
  return (
    <dialog
      ref={dialog}
      aria-labelledby="keys"
      onClose={() => {
        store.help.value = false
      }}
    >
      <h2 id="keys">Keys</h2>
      <dl class="keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="button">
          Close
        </button>
      </form>
    </dialog>
  )
}
