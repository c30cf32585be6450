import { h, put } from '../../../../../../servers/page/browser/element.ts'
import { fullTime, shortTime } from '../../../../../../servers/page/browser/format.ts'
import { icon } from '../../../../../../servers/page/browser/icon.ts'
import type { ApiSummary } from '../../../mailpit-api.ts'
import type { MailList } from './mail-list.ts'

/** Height of a row; `style.css` has it, too. */
const rowHeight = 78
/** Rows that are drawn above and below what is seen. */
const beyond = 8

/** The list on the page: only what is seen is drawn. */
export interface ListView {
  /** Draws what has changed. */
  draw(): void
  /** Chooses a mail by its place, and scrolls to it. */
  choose(index: number): void
  /** Place of the mail that is chosen; -1 if there is none. */
  readonly chosen: number
  /** Takes the keyboard. */
  focus(): void
}

/** Draws a list into an element. `open` is called for the mail that the user clicks on, `empty` draws a list without mails. */
export const createListView = (
  place: HTMLElement,
  list: MailList,
  on: { readonly open: (mail: ApiSummary) => void; readonly empty: () => readonly Node[] },
): ListView => {
  const sheet = h('div', {
    class: 'sheet',
    role: 'listbox',
    tabindex: 0,
    'aria-label': 'Mails, newest first',
  })
  put(place, sheet)
  let chosenId: string | undefined
  let drawn = new Map<
    string,
    { readonly row: HTMLElement; readonly mail: ApiSummary | undefined }
  >()
  const chosen = () => (chosenId === undefined ? -1 : list.placeOf(chosenId))

  const draw = () => {
    const empty = list.loaded && list.total === 0
    place.classList.toggle('bare', empty)
    if (empty) {
      drawn.clear()
      put(place, ...on.empty())
      return
    }
    if (!sheet.isConnected) put(place, sheet)
    sheet.style.height = `${list.total * rowHeight}px`
    const from = Math.max(0, Math.floor(place.scrollTop / rowHeight) - beyond)
    const seen = Math.ceil(place.clientHeight / rowHeight)
    const to = Math.min(list.total, from + seen + 2 * beyond)
    list.need(from, to)
    const next: typeof drawn = new Map()
    for (let index = from; index < to; index += 1) {
      const mail = list.at(index)
      const key = mail?.ID ?? `at ${index}`
      const old = drawn.get(key)
      // A row that is drawn again while it is pressed would get no click.
      const row = old !== undefined && old.mail === mail ? old.row : rowOf(mail)
      row.style.translate = `0 ${index * rowHeight}px`
      row.id = `row-${index}`
      row.setAttribute('aria-posinset', String(index + 1))
      row.setAttribute('aria-setsize', String(list.total))
      row.setAttribute('aria-selected', String(mail !== undefined && mail.ID === chosenId))
      next.set(key, { row, mail })
    }
    for (const [key, { row }] of drawn) if (next.get(key)?.row !== row) row.remove()
    for (const [index, { row }] of [...next.values()].entries())
      if (sheet.children[index] !== row) sheet.insertBefore(row, sheet.children[index] ?? null)
    drawn = next
    const at = chosen()
    if (at >= from && at < to) sheet.setAttribute('aria-activedescendant', `row-${at}`)
    else sheet.removeAttribute('aria-activedescendant')
  }

  const rowOf = (mail: ApiSummary | undefined): HTMLElement => {
    const row = h('div', { role: 'option', class: 'row' })
    if (mail === undefined) {
      row.classList.add('unknown')
      return row
    }
    if (!mail.Read) row.classList.add('unread')
    row.addEventListener('click', () => on.open(mail))
    put(row, ...contentOf(mail))
    return row
  }

  let waiting = false
  const drawSoon = () => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => {
      waiting = false
      draw()
    })
  }
  place.addEventListener('scroll', drawSoon, { passive: true })
  new ResizeObserver(drawSoon).observe(place)

  return {
    draw: drawSoon,
    choose(index) {
      chosenId = list.at(index)?.ID
      if (chosenId !== undefined) {
        const top = index * rowHeight
        const bottom = top + rowHeight - place.clientHeight
        if (place.scrollTop > top) place.scrollTop = top
        else if (place.scrollTop < bottom) place.scrollTop = bottom
      }
      drawSoon()
    },
    get chosen() {
      return chosen()
    },
    focus: () => sheet.focus({ preventScroll: true }),
  }
}

// ---

const contentOf = (mail: ApiSummary): (Node | string)[] => {
  const to = [...mail.To, ...mail.Cc, ...mail.Bcc].map(({ Address }) => Address).join(', ')
  return [
    h(
      'div',
      { class: 'who' },
      mail.Read ? undefined : h('span', { class: 'unseen' }, 'Unread. '),
      h('span', { class: 'from', dir: 'auto' }, mail.From.Name || mail.From.Address || 'nobody'),
      mail.Attachments > 0
        ? h(
            'span',
            { class: 'clip', title: `${mail.Attachments} attached` },
            icon('clip'),
            h('span', { class: 'unseen' }, `${mail.Attachments} attached. `),
          )
        : undefined,
      h('time', { datetime: mail.Created, title: fullTime(mail.Created) }, shortTime(mail.Created)),
    ),
    h(
      'div',
      { class: 'subject', dir: 'auto' },
      mail.Subject || '(no subject)',
      mail.Tags.map((tag) => h('span', { class: 'tag' }, tag)),
    ),
    h(
      'div',
      { class: 'snippet' },
      h('span', { class: 'to', dir: 'auto' }, `to ${to || 'nobody'}`),
      h('bdi', {}, mail.Snippet),
    ),
  ]
}
