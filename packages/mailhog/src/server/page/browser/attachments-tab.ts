import { type Content, h, put } from '../../../../../../servers/page/browser/element.ts'
import { sizeText } from '../../../../../../servers/page/browser/format.ts'
import { icon } from '../../../../../../servers/page/browser/icon.ts'
import { reasonOf } from '../../../../../../servers/page/browser/notice.ts'
import type { ApiPart } from '../../../mailpit-api.ts'
import { fetchPart, partAddress } from './api.ts'

/** Shows what is attached: pictures as such, text on demand, and everything to save. */
export const attachmentsTab = (id: string, files: readonly ApiPart[]): Content =>
  h(
    'ul',
    { class: 'files' },
    files.map((file) => h('li', {}, ...contentOf(id, file))),
  )

// ---

/** Characters of a text that are shown. */
const maxText = 100_000

const contentOf = (id: string, file: ApiPart): Content[] => {
  const name = file.FileName || file.ContentID || `part ${file.PartID}`
  const preview = h('div', { class: 'preview' })
  return [
    h(
      'div',
      { class: 'file' },
      icon(isPicture(file) ? 'image' : 'file'),
      h(
        'div',
        { class: 'name' },
        h('bdi', {}, name),
        h('small', {}, `${file.ContentType} · ${sizeText(file.Size)}`),
      ),
      isText(file)
        ? h(
            'button',
            {
              type: 'button',
              class: 'button',
              onclick: async ({ currentTarget }: { readonly currentTarget: HTMLButtonElement }) => {
                currentTarget.hidden = true
                put(preview, await textOf(id, file))
              },
            },
            'Show',
          )
        : undefined,
      h(
        'a',
        {
          class: 'button',
          href: `/page/part/${id}/${encodeURIComponent(file.PartID)}`,
          download: '',
          'aria-label': `Save ${name}`,
        },
        icon('save'),
        'Save',
      ),
    ),
    isPicture(file)
      ? h('img', { src: partAddress(id, file.PartID), alt: name, loading: 'lazy' })
      : preview,
  ]
}

const isPicture = ({ ContentType }: ApiPart): boolean =>
  /^image\/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)$/i.test(ContentType)

const isText = ({ ContentType }: ApiPart): boolean =>
  /^(?:text\/|message\/|application\/(?:json|xml|javascript|yaml))|\+(?:json|xml)$/i.test(
    ContentType,
  ) && !/^image\//i.test(ContentType)

const textOf = async (id: string, { PartID }: ApiPart): Promise<Content> => {
  try {
    const { text, whole } = await fetchPart(id, PartID, maxText)
    return [
      h('pre', { class: 'plain' }, text),
      whole ? undefined : h('p', { class: 'note' }, 'This is only the beginning.'),
    ]
  } catch (error) {
    return h('p', { class: 'note fault' }, reasonOf(error))
  }
}
