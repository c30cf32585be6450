/** What keys do, as the help shows it. */
export const keyHelp = [
  ['j k', 'next, previous mail'],
  ['Enter', 'open the mail'],
  ['Esc', 'back to the list'],
  ['u', 'mark as unread'],
  ['#', 'delete the mail'],
  ['/', 'search'],
  ['?', 'show the keys'],
] as const

/** Calls what belongs to a key, unless the user types or a dialog is open. */
export const listenToKeys = (actions: Readonly<Record<string, () => void>>): void => {
  document.addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event
    if (ctrlKey || metaKey || altKey || document.querySelector('dialog[open]') !== null) return
    const types = target instanceof HTMLElement && target.closest('input, textarea') !== null
    if (types && key !== 'Escape') return
    // The button that has the focus is pressed by it.
    if (key === 'Enter' && target instanceof Element && target.closest('button, a') !== null) return
    const action = Object.hasOwn(actions, key) ? actions[key] : undefined
    if (action === undefined) return
    event.preventDefault()
    action()
  })
}
