import { ask } from '../../../../../../servers/page/browser/dialog.ts'
import { byId, type Content, h, put } from '../../../../../../servers/page/browser/element.ts'
import { icon } from '../../../../../../servers/page/browser/icon.ts'
import { createNotice, reasonOf } from '../../../../../../servers/page/browser/notice.ts'
import { switchThemeWith } from '../../../../../../servers/page/browser/theme.ts'
import { hashOf, type Place, placeFrom } from './address.ts'
import { fetchAccounts, followObjects, type Listing, S3Api } from './api.ts'
import { crumbs, listTable } from './list-view.ts'
import { showObject } from './object-view.ts'
import { acceptDrops, type Upload } from './upload.ts'

const search = byId('search', HTMLInputElement)
const objects = byId('objects', HTMLElement)
const detail = byId('object', HTMLElement)
const chooser = byId('account', HTMLSelectElement)
const notice = createNotice()
search.before(icon('search'))

/** What the page shows. */
const shown = {
  place: placeFrom(''),
  api: new S3Api(''),
  listing: undefined as Listing | undefined,
  /** Bucket and prefix of the listing. */
  listed: '',
  /** Object that is drawn. */
  drawn: '',
  events: undefined as EventSource | undefined,
  /** Counts changes of the place: what was asked for an earlier one is of no use. */
  turn: 0,
}

const go = (place: Partial<Place>): void => {
  location.hash = hashOf(place)
}

const empty = (...content: Content[]): Content => h('div', { class: 'empty' }, ...content)

const show = async (): Promise<void> => {
  shown.turn += 1
  const { turn } = shown
  const place = placeFrom(location.hash)
  try {
    if (place.account !== shown.place.account || shown.api.account === '')
      await enter(place.account)
    const buckets = await shown.api.buckets()
    if (turn !== shown.turn) return
    const bucket = place.bucket || buckets[0] || ''
    shown.place = { ...place, bucket }
    drawBuckets(buckets)
    if (bucket === '') {
      put(byId('line', HTMLElement))
      put(objects, empty(icon('bucket'), h('h2', {}, 'No buckets yet')))
      return
    }
    if (shown.listed === `${bucket}/${place.prefix}`) drawList()
    else await load()
  } catch (error) {
    put(
      objects,
      empty(h('h2', {}, 'This cannot be shown'), h('p', { class: 'fault' }, reasonOf(error))),
    )
  }
  if (turn === shown.turn) await drawObject()
}

/** Changes to another access key. */
const enter = async (wanted: string): Promise<void> => {
  const accounts = await fetchAccounts()
  const account = accounts.includes(wanted) ? wanted : accounts[0]
  if (account === undefined) throw new Error('The server has no access key yet.')
  shown.api = new S3Api(account)
  shown.listing = undefined
  shown.listed = ''
  shown.drawn = ''
  shown.events?.close()
  shown.events = followObjects(account, (bucket) => {
    if (bucket === shown.place.bucket) loadSoon()
  })
  chooser.hidden = accounts.length < 2
  put(
    chooser,
    accounts.map((key) => h('option', { value: key, selected: key === account }, key)),
  )
}

const load = async (after?: string): Promise<void> => {
  const { api, turn } = shown
  const { bucket, prefix } = shown.place
  const listing = await api.list(bucket, prefix, after)
  if (turn !== shown.turn) return
  const old = after === undefined ? undefined : shown.listing
  shown.listing = {
    ...listing,
    folders: [...(old?.folders ?? []), ...listing.folders],
    objects: [...(old?.objects ?? []), ...listing.objects],
  }
  shown.listed = `${bucket}/${prefix}`
  drawList()
}

const attempt = async (act: () => Promise<void>): Promise<void> => {
  try {
    await act()
  } catch (error) {
    notice(reasonOf(error))
  }
}

const waiting: { timer?: ReturnType<typeof setTimeout> } = {}
/** Many objects may change at once. */
const loadSoon = (): void => {
  waiting.timer ??= setTimeout(() => {
    delete waiting.timer
    void attempt(() => load())
  }, 150)
}

const drawBuckets = (buckets: readonly string[]): void => {
  const { account, bucket } = shown.place
  put(
    byId('buckets', HTMLElement),
    buckets.map((name) =>
      h(
        'li',
        {},
        h(
          'a',
          {
            href: hashOf({ account, bucket: name }),
            'aria-current': name === bucket ? 'page' : undefined,
          },
          icon('bucket'),
          h('bdi', {}, name),
        ),
      ),
    ),
  )
}

const drawList = (): void => {
  const { place, listing } = shown
  if (listing === undefined) return
  if (document.activeElement !== search) search.value = place.prefix
  document.title = `${place.bucket} – S3`
  const picker = h('input', {
    type: 'file',
    multiple: true,
    class: 'unseen',
    'aria-label': 'Files to upload',
    onchange: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
      void upload([...(currentTarget.files ?? [])].map((file) => ({ path: file.name, file }))),
  })
  put(
    byId('line', HTMLElement),
    h('div', { class: 'crumbs' }, crumbs(place)),
    picker,
    h(
      'button',
      { type: 'button', class: 'button main', onclick: () => picker.click() },
      icon('upload'),
      'Upload',
    ),
  )
  const none = listing.folders.length + listing.objects.length === 0
  put(
    objects,
    none
      ? empty(
          icon('bucket'),
          h('h2', {}, place.prefix === '' ? 'This bucket is empty' : 'No object starts with this'),
          h('p', {}, 'Drop files here, or upload some.'),
        )
      : listTable(place, listing, () => void attempt(() => load(listing.next))),
  )
}

const drawObject = async (): Promise<void> => {
  const { place, api } = shown
  const { bucket, key } = place
  detail.hidden = key === ''
  document.body.classList.toggle('reading', key !== '')
  const wanted = key === '' ? '' : `${bucket}/${key}`
  if (wanted === shown.drawn) return
  shown.drawn = wanted
  if (key === '') return
  // An object that answers late must not replace the next one.
  const body = h('div', { class: 'object-body' })
  put(detail, body)
  await showObject(
    body,
    { api, bucket, key, version: undefined },
    { close: () => go({ ...shown.place, key: '' }), remove: (version) => void remove(version) },
  )
}

const remove = (version?: string): Promise<void> =>
  attempt(async () => {
    const { bucket, key } = shown.place
    const what = version === undefined ? `“${key}”` : `the version ${version} of “${key}”`
    if (!(await ask(`Delete ${what}?`, `It is in the bucket ${bucket}.`, 'Delete'))) return
    await shown.api.delete(bucket, key, version === undefined ? {} : { versionId: version })
    go({ ...shown.place, key: '' })
    await load()
    notice('Deleted.')
  })

const upload = (uploads: readonly Upload[]): Promise<void> =>
  attempt(async () => {
    const { bucket, prefix } = shown.place
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    for (const [index, { path, file }] of uploads.entries()) {
      notice(`Uploading ${index + 1} of ${uploads.length}: ${path}`)
      await shown.api.put(bucket, `${folder}${path}`, file)
    }
    await load()
    notice(uploads.length === 1 ? 'Uploaded.' : `${uploads.length} files are uploaded.`)
  })

acceptDrops(byId('drop', HTMLElement), (uploads) => void upload(uploads))
chooser.addEventListener('change', () => go({ account: chooser.value }))
const typing: { timer?: ReturnType<typeof setTimeout> } = {}
search.addEventListener('input', () => {
  clearTimeout(typing.timer)
  const { account, bucket } = shown.place
  typing.timer = setTimeout(() => go({ account, bucket, prefix: search.value }), 200)
})
byId('search-form', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault())
document.addEventListener('keydown', (event) => {
  const types = event.target instanceof Element && event.target.closest('input, select') !== null
  if (document.querySelector('dialog[open]') !== null) return
  if (event.key === '/' && !types) {
    event.preventDefault()
    search.select()
  } else if (event.key === 'Escape') {
    if (types) search.blur()
    else if (shown.place.key !== '') go({ ...shown.place, key: '' })
  }
})
window.addEventListener('hashchange', () => void show())
switchThemeWith(byId('theme', HTMLButtonElement))
void show()
