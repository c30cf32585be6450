import { textButton } from '../../../../../../servers/page/browser/button.ts'
import { type Content, h } from '../../../../../../servers/page/browser/element.ts'
import { fullTime, shortTime, sizeText } from '../../../../../../servers/page/browser/format.ts'
import { icon } from '../../../../../../servers/page/browser/icon.ts'
import { hashOf, type Place } from './address.ts'
import type { Listing } from './api.ts'

/** Draws the folders and objects of a place; `more` asks for the next page. */
export const listTable = (place: Place, listing: Listing, more: () => void): Content => {
  const { folders, objects, next } = listing
  const start = place.prefix.lastIndexOf('/') + 1
  const link = (to: Partial<Place>, label: string) =>
    h('a', { href: hashOf({ ...place, ...to }) }, h('bdi', {}, label))
  return [
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'Name'),
          h('th', { scope: 'col', class: 'number' }, 'Size'),
          h('th', { scope: 'col', class: 'number' }, 'Changed'),
        ),
      ),
      h(
        'tbody',
        {},
        folders.map((prefix) =>
          h(
            'tr',
            {},
            h(
              'td',
              { colspan: 3 },
              h('div', {}, icon('folder'), link({ prefix, key: '' }, prefix.slice(start))),
            ),
          ),
        ),
        objects.map(({ key, size, modified }) =>
          h(
            'tr',
            { 'aria-selected': key === place.key ? 'true' : undefined },
            h('td', {}, h('div', {}, icon('file'), link({ key }, key.slice(start) || key))),
            h('td', { class: 'number' }, sizeText(size)),
            h(
              'td',
              { class: 'number' },
              h('time', { datetime: modified, title: fullTime(modified) }, shortTime(modified)),
            ),
          ),
        ),
      ),
    ),
    next === undefined ? undefined : h('p', { class: 'more' }, textButton('Show more', more)),
  ]
}

/** Draws the way to a place: its bucket and the folders above it. */
export const crumbs = ({ account, bucket, prefix }: Place): Content => {
  const folders = prefix.slice(0, prefix.lastIndexOf('/') + 1).match(/[^/]*\//g) ?? []
  return [
    h('a', { href: hashOf({ account, bucket }) }, bucket),
    folders.map((folder, index) => [
      h('span', { class: 'soft', 'aria-hidden': 'true' }, '/'),
      h(
        'a',
        { href: hashOf({ account, bucket, prefix: folders.slice(0, index + 1).join('') }) },
        h('bdi', {}, folder.slice(0, -1) || '(no name)'),
      ),
    ]),
  ]
}
