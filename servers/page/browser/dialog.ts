import { textButton } from './button.ts'
import { h } from './element.ts'

/** Asks before something that cannot be undone; resolves to whether to do it. */
export const ask = (question: string, explanation: string, act: string): Promise<boolean> =>
  new Promise((resolve) => {
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'question' },
      h('h2', { id: 'question' }, question),
      h('p', {}, explanation),
      h(
        'div',
        { class: 'actions' },
        textButton('Cancel', () => dialog.close()),
        textButton(act, () => dialog.close('yes'), 'danger'),
      ),
    )
    open(dialog, () => resolve(dialog.returnValue === 'yes'))
  })

/** Shows what keys do. */
export const showKeys = (keys: readonly (readonly [keys: string, does: string])[]): void => {
  if (document.querySelector('dialog[open]') !== null) return
  const rows = keys.map(([names, does]) =>
    h(
      'div',
      {},
      h(
        'dt',
        {},
        names.split(' ').map((name) => h('kbd', {}, name)),
      ),
      h('dd', {}, does),
    ),
  )
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'keys' },
    h('h2', { id: 'keys' }, 'Keys'),
    h('dl', { class: 'keys' }, rows),
    h(
      'div',
      { class: 'actions' },
      textButton('Close', () => dialog.close()),
    ),
  )
  open(dialog, () => {})
}

// ---

/** The browser gives the focus back when the dialog closes. */
const open = (dialog: HTMLDialogElement, closed: () => void): void => {
  dialog.addEventListener('close', () => {
    dialog.remove()
    closed()
  })
  // A click outside the dialog hits the dialog itself, one inside hits what it holds.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close()
  })
  document.body.append(dialog)
  dialog.showModal()
}
