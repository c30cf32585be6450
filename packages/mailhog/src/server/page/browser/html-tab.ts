import { textButton } from '../../../../../../servers/page/browser/button.ts'
import { type Content, h } from '../../../../../../servers/page/browser/element.ts'
import type { ApiMessage } from '../../../mailpit-api.ts'

/** Shows a mail's HTML in a frame that has no scripts and no origin. What it loads from elsewhere waits for the user. */
export const htmlTab = ({ ID, HTML, Subject }: ApiMessage): Content => {
  const address = `/page/html/${ID}`
  const frame = h('iframe', {
    src: address,
    title: `HTML of ${Subject || 'the mail'}`,
    sandbox: 'allow-popups allow-popups-to-escape-sandbox',
    referrerpolicy: 'no-referrer',
  })
  const allow = h(
    'p',
    { class: 'blocked', hidden: !loadsImages(HTML) },
    h('span', {}, 'Images from other servers are not loaded.'),
    textButton('Show images', () => {
      frame.src = `${address}?images=yes`
      allow.hidden = true
    }),
  )
  const widths = [
    ['Full width', ''],
    ['Phone', '375px'],
  ] as const
  const choices = widths.map(([label, width], index) =>
    h(
      'button',
      {
        type: 'button',
        class: 'choice',
        'aria-pressed': String(index === 0),
        onclick: ({ currentTarget }: { readonly currentTarget: Element }) => {
          frame.style.width = width
          for (const choice of choices)
            choice.setAttribute('aria-pressed', String(choice === currentTarget))
        },
      },
      label,
    ),
  )
  return [
    h(
      'div',
      { class: 'frame-bar' },
      allow,
      h('div', { class: 'widths', role: 'group', 'aria-label': 'Width of the mail' }, ...choices),
    ),
    h('div', { class: 'frame' }, frame),
  ]
}

// ---

/** Whether a mail seems to load something from elsewhere: attributes of pictures, and addresses in styles. */
const loadsImages = (html: string): boolean =>
  /\b(?:src|srcset|background|poster)\s*=\s*["']?\s*(?:https?:)?\/\//i.test(html) ||
  /url\(\s*(?:["']|&quot;)?\s*(?:https?:)?\/\//i.test(html)
