import { iconButton, textButton } from '../../../../../../servers/page/browser/button.ts'
import {
  type Content,
  h,
  outwardLink,
  put,
} from '../../../../../../servers/page/browser/element.ts'
import { fullTime, sizeText } from '../../../../../../servers/page/browser/format.ts'
import { icon } from '../../../../../../servers/page/browser/icon.ts'
import { reasonOf } from '../../../../../../servers/page/browser/notice.ts'
import { type Tab, tabs } from '../../../../../../servers/page/browser/tabs.ts'
import type { ApiAddress, ApiMessage } from '../../../mailpit-api.ts'
import { fetchHeaders, fetchSource } from './api.ts'
import { attachmentsTab } from './attachments-tab.ts'
import { htmlTab } from './html-tab.ts'
import { linkedText, linksIn } from './links.ts'

/** What the user can do with a mail. */
export interface MessageActions {
  readonly back: () => void
  readonly markUnread: () => void
  readonly remove: () => void
}

/** Shows a mail; the tab that the user chose last stays for the next mail. */
export const createMessageView = (
  place: HTMLElement,
  actions: MessageActions,
): { show(mail: ApiMessage): void; tell(...content: Content[]): void } => {
  let chosen = ''
  return {
    tell: (...content) => put(place, ...content),
    show(mail) {
      put(
        place,
        headOf(mail, actions),
        tabs(
          tabsOf(mail),
          chosen,
          (name) => {
            chosen = name
          },
          (error) => h('p', { class: 'note fault' }, reasonOf(error)),
        ),
      )
    },
  }
}

// ---

/** Characters of a source that are shown; the whole can be saved. */
const maxSource = 400_000

const tabsOf = (mail: ApiMessage): Tab[] => {
  const links = linksIn(mail)
  const files = [...mail.Attachments, ...mail.Inline]
  return [
    ...(mail.HTML === '' ? [] : [{ name: 'HTML', show: () => htmlTab(mail) }]),
    { name: 'Text', show: () => textTab(mail) },
    { name: 'Headers', show: () => headersTab(mail) },
    { name: 'Source', show: () => sourceTab(mail) },
    ...(files.length === 0
      ? []
      : [{ name: 'Attachments', count: files.length, show: () => attachmentsTab(mail.ID, files) }]),
    ...(links.length === 0
      ? []
      : [{ name: 'Links', count: links.length, show: () => linksTab(links) }]),
  ]
}

const headOf = (mail: ApiMessage, { back, markUnread, remove }: MessageActions): HTMLElement =>
  h(
    'header',
    { class: 'head' },
    h(
      'div',
      { class: 'title' },
      iconButton('arrow', 'Back to the list', back, 'back'),
      h('h1', { dir: 'auto' }, mail.Subject || '(no subject)'),
      h(
        'div',
        { class: 'acts' },
        iconButton('mark', 'Mark as unread (u)', markUnread),
        h(
          'a',
          {
            class: 'icon-button',
            href: `/page/eml/${mail.ID}`,
            download: '',
            title: 'Save as a file',
            'aria-label': 'Save as a file',
          },
          icon('save'),
        ),
        iconButton('bin', 'Delete (#)', remove, 'danger'),
      ),
    ),
    h(
      'dl',
      { class: 'facts' },
      fact('From', addresses([mail.From])),
      fact('To', addresses(mail.To)),
      fact('Cc', addresses(mail.Cc)),
      fact('Bcc', addresses(mail.Bcc)),
      fact('Reply to', addresses(mail.ReplyTo)),
      fact('Date', [
        h('time', { datetime: mail.Date }, fullTime(mail.Date)),
        h('span', { class: 'size' }, sizeText(mail.Size)),
      ]),
      fact(
        'Tags',
        mail.Tags.map((tag) => h('span', { class: 'tag' }, tag)),
      ),
    ),
  )

const fact = (name: string, content: readonly Content[]): Content =>
  content.length === 0 ? undefined : h('div', {}, h('dt', {}, name), h('dd', {}, ...content))

const addresses = (list: readonly ApiAddress[]): Content[] =>
  list.map(({ Name, Address }) =>
    h(
      'span',
      { class: 'who' },
      Name === '' ? undefined : h('bdi', { class: 'name' }, Name),
      h('bdi', { class: 'mail' }, Address || 'nobody'),
    ),
  )

const textTab = ({ Text, HTML }: ApiMessage): Content =>
  Text === ''
    ? h(
        'p',
        { class: 'note' },
        HTML === '' ? 'This mail is empty.' : 'This mail has no text, only HTML.',
      )
    : h('div', { class: 'plain text', dir: 'auto' }, linkedText(Text))

const headersTab = async ({ ID }: ApiMessage): Promise<Content> =>
  h(
    'dl',
    { class: 'headers' },
    Object.entries(await fetchHeaders(ID)).flatMap(([name, values]) =>
      values.map((value) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
    ),
  )

const sourceTab = async ({ ID }: ApiMessage): Promise<Content> => {
  const { text, whole } = await fetchSource(ID, maxSource)
  return [
    whole
      ? undefined
      : h(
          'p',
          { class: 'note' },
          'This is only the beginning. ',
          h('a', { href: `/page/eml/${ID}`, download: '' }, 'Save the whole mail'),
        ),
    h('pre', { class: 'plain' }, text),
  ]
}

const linksTab = (links: ReturnType<typeof linksIn>): Content =>
  h(
    'ul',
    { class: 'links' },
    links.map(({ address, label }) =>
      h(
        'li',
        {},
        h('div', {}, outwardLink(address)),
        label === '' || label === address ? undefined : h('small', { dir: 'auto' }, label),
        copyButton(address),
      ),
    ),
  )

/** Browsers give the clipboard to pages of this machine and of HTTPS alone. */
const copyButton = (text: string): Content => {
  if (navigator.clipboard === undefined) return undefined
  const button = textButton('Copy', async () => {
    await navigator.clipboard.writeText(text)
    put(button, 'Copied')
  })
  return button
}
