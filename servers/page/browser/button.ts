import { h } from './element.ts'
import { type IconName, icon } from './icon.ts'

/** Makes a button that shows an icon alone; its label is its tooltip, too. */
export const iconButton = (
  name: IconName,
  label: string,
  press: () => void,
  kind = '',
): HTMLButtonElement =>
  h(
    'button',
    {
      type: 'button',
      class: `icon-button ${kind}`.trim(),
      title: label,
      'aria-label': label,
      onclick: press,
    },
    icon(name),
  )

/** Makes a button with a text. */
export const textButton = (label: string, press: () => void, kind = ''): HTMLButtonElement =>
  h('button', { type: 'button', class: `button ${kind}`.trim(), onclick: press }, label)
