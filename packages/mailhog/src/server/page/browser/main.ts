import { iconButton } from '../../../../../../servers/page/browser/button.ts'
import { ask, showKeys } from '../../../../../../servers/page/browser/dialog.ts'
import { byId, h, put } from '../../../../../../servers/page/browser/element.ts'
import { icon } from '../../../../../../servers/page/browser/icon.ts'
import { createNotice, reasonOf } from '../../../../../../servers/page/browser/notice.ts'
import { switchThemeWith } from '../../../../../../servers/page/browser/theme.ts'
import type { ApiSummary } from '../../../mailpit-api.ts'
import { addressOf, placeFrom } from './address.ts'
import { deleteAll, deleteMail, fetchMail, fetchPage, followEvents, markRead } from './api.ts'
import { keyHelp, listenToKeys } from './keys.ts'
import { createListView } from './list-view.ts'
import { MailList } from './mail-list.ts'
import { createMessageView } from './message-view.ts'

const page = byId('main', HTMLElement)
const search = byId('search', HTMLInputElement)
const notice = createNotice()
search.before(icon('search'))
/** Mail that is shown; `''` if none. */
const shown = { id: '' }

const list = new MailList(fetchPage, () => drawAll(), reasonOf)
const view = createListView(byId('list', HTMLElement), list, {
  open: ({ ID }) => go(ID),
  empty: () => [emptyList()],
})
const message = createMessageView(byId('message', HTMLElement), {
  back: () => go(''),
  markUnread: () => void markShownUnread(),
  remove: () => void removeChosen(),
})

const attempt = async (act: () => Promise<void>): Promise<void> => {
  try {
    await act()
  } catch (error) {
    notice(reasonOf(error))
  }
}

/** Shows a mail, or none, and remembers it in the address. */
const go = (id: string, query = list.query): void => {
  const address = addressOf({ id, query })
  if (address !== location.pathname + location.search) history.pushState(undefined, '', address)
  show({ id, query })
}

const show = ({ id, query }: { readonly id: string; readonly query: string }): void => {
  if (query !== list.query || !list.loaded) {
    search.value = query
    list.query = query
  }
  page.classList.toggle('reading', id !== '')
  if (id === '') {
    const before = shown.id
    shown.id = ''
    message.tell(nothingChosen())
    if (before !== '') view.focus()
    drawAll()
  } else if (id !== shown.id) void open(id)
}

const open = async (id: string): Promise<void> => {
  shown.id = id
  view.choose(list.placeOf(id))
  try {
    const mail = await fetchMail(id)
    if (shown.id !== id) return
    if (mail.ID !== id) {
      // The newest one was asked for.
      shown.id = mail.ID
      history.replaceState(undefined, '', addressOf({ id: mail.ID, query: list.query }))
    }
    list.update(mail.ID, { Read: true })
    view.choose(list.placeOf(mail.ID))
    message.show(mail)
  } catch (error) {
    if (shown.id === id)
      message.tell(
        h('div', { class: 'empty' }, h('h2', {}, 'This mail cannot be shown'), reasonOf(error)),
      )
  }
}

const move = (step: number): void => {
  const from = view.chosen
  const to = from === -1 ? 0 : Math.min(Math.max(from + step, 0), list.total - 1)
  const mail = list.at(to)
  if (mail === undefined) return
  view.choose(to)
  // On a wide page the list is seen next to the mail.
  if (shown.id !== '') go(mail.ID)
}

const removeChosen = (): Promise<void> =>
  attempt(async () => {
    const index = view.chosen
    const id = shown.id || list.at(index)?.ID
    if (id === undefined) return
    const next = list.at(index + 1) ?? list.at(index - 1)
    const isNext = next !== undefined && next.ID !== id
    // Before the event of the deletion arrives, which would close the mail.
    if (shown.id !== '') go(isNext ? next.ID : '')
    await deleteMail(id)
    if (list.placeOf(id) !== -1) list.follow({ Type: 'delete', Data: { ID: id } })
    if (isNext) view.choose(list.placeOf(next.ID))
    notice('Deleted.')
  })

const markShownUnread = (): Promise<void> =>
  attempt(async () => {
    const id = shown.id || list.at(view.chosen)?.ID
    if (id === undefined) return
    await markRead([id], false)
    list.update(id, { Read: false })
    go('')
  })

const markAllRead = (): Promise<void> =>
  attempt(async () => {
    await markRead([], true)
    list.reload()
  })

const removeAll = (): Promise<void> =>
  attempt(async () => {
    const { query, total } = list
    const what = query === '' ? 'all mail' : `what “${query}” finds`
    const count = total === 1 ? '1 mail is' : `${total} mails are`
    if (!(await ask(`Delete ${what}?`, `${count} deleted for good.`, 'Delete'))) return
    await deleteAll(query)
    go('', '')
    list.reload()
  })

const markAll = iconButton('check', 'Mark all as read', () => void markAllRead())
const removeEvery = iconButton('bin', 'Delete all', () => void removeAll(), 'danger')
const help = iconButton('help', 'Keys (?)', () => showKeys(keyHelp), 'help')
put(byId('tools', HTMLElement), markAll, removeEvery, help)

const drawAll = (): void => {
  view.draw()
  const { total, unread, query } = list
  const found = query === '' ? (total === 1 ? 'mail' : 'mails') : 'found'
  byId('summary', HTMLElement).textContent =
    !list.loaded || list.fault !== '' || total === 0
      ? ''
      : `${total.toLocaleString()} ${found}${unread === 0 ? '' : ` · ${unread.toLocaleString()} unread`}`
  document.title = unread === 0 ? 'Mail' : `(${unread}) Mail`
  markAll.disabled = unread === 0
  removeEvery.disabled = total === 0
  removeEvery.title = query === '' ? 'Delete all' : 'Delete what was found'
}

const emptyList = (): HTMLElement => {
  if (list.fault !== '')
    return h(
      'div',
      { class: 'empty' },
      h('h2', {}, 'The mails cannot be shown'),
      h('p', { class: 'fault' }, list.fault),
    )
  if (list.query !== '')
    return h(
      'div',
      { class: 'empty' },
      icon('search'),
      h('h2', {}, 'Nothing found'),
      h(
        'p',
        {},
        'Search for words, or with ',
        h('code', {}, 'from:'),
        ', ',
        h('code', {}, 'to:'),
        ', ',
        h('code', {}, 'subject:'),
        ', ',
        h('code', {}, 'is:unread'),
        ', ',
        h('code', {}, 'has:attachment'),
        '.',
      ),
    )
  return h(
    'div',
    { class: 'empty' },
    icon('letter'),
    h('h2', {}, 'No mail yet'),
    h('p', {}, 'Send some to'),
    h('p', { class: 'address' }, document.documentElement.dataset.smtp),
    h('p', {}, 'It shows up here at once.'),
  )
}

const nothingChosen = (): HTMLElement =>
  h(
    'div',
    { class: 'empty idle' },
    icon('letter'),
    h('p', {}, 'Choose a mail, or press ', h('kbd', {}, 'j'), ' and ', h('kbd', {}, 'Enter'), '.'),
  )

const openChosen = (): void => {
  const mail: ApiSummary | undefined = list.at(Math.max(view.chosen, 0))
  if (mail !== undefined) go(mail.ID)
}

listenToKeys({
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Enter: openChosen,
  Escape: () => {
    if (document.activeElement === search) search.blur()
    else if (shown.id !== '') go('')
    else if (list.query !== '') go('', '')
  },
  u: () => void markShownUnread(),
  '#': () => void removeChosen(),
  Delete: () => void removeChosen(),
  '/': () => search.select(),
  '?': () => showKeys(keyHelp),
})

const typing: { timer?: ReturnType<typeof setTimeout> } = {}
search.addEventListener('input', () => {
  clearTimeout(typing.timer)
  typing.timer = setTimeout(() => go('', search.value.trim()), 200)
})
byId('search-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  clearTimeout(typing.timer)
  go('', search.value.trim())
  view.focus()
})
byId('home', HTMLAnchorElement).addEventListener('click', (event) => {
  event.preventDefault()
  go('', '')
})
window.addEventListener('popstate', () => show(placeFrom(location)))
switchThemeWith(byId('theme', HTMLButtonElement))

const live = byId('live', HTMLElement)
const connection = { lost: false }
followEvents({
  event: (event) => {
    list.follow(event)
    const { ID } = (event.Data ?? {}) as { readonly ID?: string }
    const gone = event.Type === 'truncate' || (event.Type === 'delete' && ID === shown.id)
    if (gone && shown.id !== '') go('')
  },
  connected: (connected) => {
    live.className = connected ? 'live on' : 'live off'
    live.title = connected ? 'New mail shows up at once' : 'The server does not answer'
    put(live, h('span', {}, connected ? 'live' : 'offline'))
    // What happened in between is not known.
    if (connected && connection.lost) list.reload()
    connection.lost = !connected
  },
})
message.tell(nothingChosen())
show(placeFrom(location))
