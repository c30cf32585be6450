import { refuse } from '../http/refusal.ts'
import { allowsImage } from '../policy/image-pattern.ts'
import {
  type ImageReference,
  readImageReference,
  writeImageReference,
} from '../policy/image-reference.ts'
import { any, bool, type Context, type Endpoint } from './endpoint.ts'
import { rebuildFilters } from './filters.ts'

/** Operating system and architecture, such as `linux/arm64/v8`. */
export const platform = /^(?:[\w.-]{1,32}(?:\/[\w.-]{1,32}){0,2})?$/

/**
 * Returns an image that the policy allows, in full: a short name could be the id of another image.
 *
 * @throws RefusedError 403 that names the allowed patterns.
 */
export const allowedImage = (text: string, { policy }: Context): ImageReference => {
  const image = readImageReference(text)
  if (image === undefined)
    return refuse(403, `image ${text} is not allowed: it is not a name such as postgres:16`)
  return allowsImage(policy.images, image)
    ? image
    : refuse(403, `image ${text} is not allowed; use ${policy.images.join(', ') || 'none at all'}`)
}

/** Pulls and reads images. Tagging, building, loading, pushing and removing change what other sessions run. */
export const images: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: '/images/json',
    query: { all: bool, digests: bool, 'shared-size': bool, filters: any },
    rebuild: ({ query }, context) => ({
      path: ['images', 'json'],
      query: {
        all: query.get('all'),
        digests: query.get('digests'),
        filters: rebuildFilters(
          query.get('filters'),
          ['dangling', 'label', 'reference'],
          context,
          false,
        ),
      },
      answer: { kind: 'filter', what: 'images' },
    }),
  },
  {
    methods: ['GET'],
    path: '/images/{name...}/json',
    query: {},
    rebuild: ({ params }, context) => ({
      path: [
        'images',
        ...writeImageReference(allowedImage(params.name ?? '', context)).split('/'),
        'json',
      ],
    }),
  },
  {
    methods: ['POST'],
    path: '/images/create',
    query: { fromImage: any, tag: any, platform },
    rebuild: ({ query }, context) => {
      const name = query.get('fromImage') ?? ''
      const tag = query.get('tag') ?? ''
      const text = tag === '' ? name : `${name}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`
      const image = allowedImage(text, context)
      return {
        path: ['images', 'create'],
        // Without a tag the engine would pull all of them.
        query: { fromImage: image.name, tag: image.version, platform: query.get('platform') },
      }
    },
  },
]
