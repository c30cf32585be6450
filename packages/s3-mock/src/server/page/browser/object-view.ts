import { iconButton } from '../../../../../../servers/page/browser/button.ts'
import { type Content, h, put } from '../../../../../../servers/page/browser/element.ts'
import { fullTime, sizeText } from '../../../../../../servers/page/browser/format.ts'
import { icon } from '../../../../../../servers/page/browser/icon.ts'
import { reasonOf } from '../../../../../../servers/page/browser/notice.ts'
import { type Tab, tabs } from '../../../../../../servers/page/browser/tabs.ts'
import type { ObjectHead, S3Api } from './api.ts'

/** What the user can do with an object. */
export interface ObjectActions {
  readonly close: () => void
  readonly remove: (version?: string) => void
}

/** Shows an object, or one version of it. */
export const showObject = async (
  place: HTMLElement,
  { api, bucket, key, version }: ObjectAddress,
  actions: ObjectActions,
): Promise<void> => {
  const query = version === undefined ? {} : { versionId: version }
  const name = key.split('/').findLast((part) => part !== '') ?? key
  const of = { api, bucket, key, version }
  const failed = (error: unknown): Content => h('p', { class: 'note fault' }, reasonOf(error))
  try {
    const head = await api.head(bucket, key, query)
    put(
      place,
      h(
        'header',
        { class: 'head' },
        h(
          'div',
          { class: 'title' },
          h('h1', { dir: 'auto' }, name),
          h(
            'a',
            {
              class: 'icon-button',
              href: api.address(bucket, key, query, 'save'),
              download: '',
              title: 'Save',
              'aria-label': `Save ${name}`,
            },
            icon('save'),
          ),
          iconButton('bin', 'Delete', () => actions.remove(), 'danger'),
          iconButton('close', 'Close', actions.close),
        ),
        h('p', { class: 'soft' }, `${head.type} · ${sizeText(head.size)}`),
        version === undefined ? undefined : h('p', { class: 'soft' }, `Version ${version}`),
      ),
      tabs(tabsOf(place, of, head, actions), 'Preview', () => {}, failed),
    )
  } catch (error) {
    put(
      place,
      h(
        'header',
        { class: 'head' },
        h(
          'div',
          { class: 'title' },
          h('h1', {}, name),
          iconButton('close', 'Close', actions.close),
        ),
      ),
      tabs(
        [{ name: 'Versions', show: () => versionsTab(place, of, actions) }],
        'Versions',
        () => {},
        () => failed(error),
      ),
    )
  }
}

/** Where an object is. */
export interface ObjectAddress {
  readonly api: S3Api
  readonly bucket: string
  readonly key: string
  /** Default the newest one. */
  readonly version: string | undefined
}

// ---

/** Bytes of a text that are shown. */
const maxText = 200_000

const tabsOf = (
  place: HTMLElement,
  of: ObjectAddress,
  head: ObjectHead,
  actions: ObjectActions,
): Tab[] => [
  { name: 'Preview', show: () => preview(of, head) },
  {
    name: 'Details',
    show: async () => {
      const { api, bucket, key, version } = of
      const query = version === undefined ? {} : { versionId: version }
      const tags = await api.tags(bucket, key, query)
      return [
        pairs('Object', [['key', key], ...head.facts]),
        pairs('Metadata', head.metadata),
        pairs('Tags', tags),
      ]
    },
  },
  { name: 'Versions', show: () => versionsTab(place, of, actions) },
]

const pairs = (title: string, list: readonly (readonly [string, string])[]): Content =>
  list.length === 0
    ? undefined
    : h(
        'section',
        { class: 'pairs' },
        h('h2', {}, title),
        h(
          'dl',
          {},
          list.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
        ),
      )

const preview = async (of: ObjectAddress, { type, size }: ObjectHead): Promise<Content> => {
  const { api, bucket, key, version } = of
  const query = version === undefined ? {} : { versionId: version }
  if (size === 0) return h('p', { class: 'note' }, 'This object is empty.')
  if (/^image\/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)\b/i.test(type))
    return h('img', { class: 'picture', src: api.address(bucket, key, query), alt: key })
  const text = await api.beginning(bucket, key, query, Math.min(size, maxText))
  if (!isTextual(text))
    return h('p', { class: 'note' }, 'There is no preview of such content. You can save it.')
  return [
    size > maxText ? h('p', { class: 'note' }, 'This is only the beginning.') : undefined,
    h('pre', { class: 'plain' }, size <= maxText && /json/i.test(type) ? readable(text) : text),
  ]
}

/** Whether at most a hundredth is what text does not have: bytes that are no UTF-8 become U+FFFD. */
const isTextual = (text: string): boolean => {
  const odd = [...text].filter(
    (one) => one === '\ufffd' || (one < ' ' && !'\t\n\v\f\r'.includes(one)),
  )
  return odd.length <= text.length / 100
}

const readable = (json: string): string => {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2)
  } catch {
    return json
  }
}

const versionsTab = async (
  place: HTMLElement,
  of: ObjectAddress,
  actions: ObjectActions,
): Promise<Content> => {
  const { api, bucket, key } = of
  const versions = await api.versions(bucket, key)
  if (versions.length === 0) return h('p', { class: 'note' }, 'This object is gone.')
  return h(
    'ul',
    { class: 'versions' },
    versions.map(({ id, modified, size, latest, deleted }) =>
      h(
        'li',
        {},
        h(
          'div',
          { class: 'name' },
          h('code', {}, id),
          latest ? h('span', { class: 'tag' }, 'latest') : undefined,
          deleted ? h('span', { class: 'tag' }, 'deleted') : undefined,
          h('small', {}, `${fullTime(modified)}${deleted ? '' : ` · ${sizeText(size)}`}`),
        ),
        deleted
          ? undefined
          : iconButton('eye', `Show version ${id}`, () => {
              void showObject(place, { ...of, version: id }, actions)
            }),
        iconButton('bin', `Delete version ${id}`, () => actions.remove(id), 'danger'),
      ),
    ),
  )
}
