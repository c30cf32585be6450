import { refuse } from '../http/refusal.ts'
import { bool, type Endpoint, mountableContainer } from './endpoint.ts'

/** A path in the container. */
const path = /^[^\0]{1,4096}$/

/** Files of containers as archives. */
export const archives: readonly Endpoint[] = [
  {
    methods: ['GET', 'HEAD'],
    path: '/containers/{id}/archive',
    query: { path },
    rebuild: ({ params, query }, context) => ({
      path: ['containers', mountableContainer(context, params.id).id, 'archive'],
      query: { path: query.get('path') ?? refuse(400, 'path is missing') },
    }),
  },
  {
    methods: ['PUT'],
    path: '/containers/{id}/archive',
    query: { path, noOverwriteDirNonDir: bool, copyUIDGID: bool },
    body: 'tar',
    rebuild: ({ params, query }, context) => {
      const container = mountableContainer(context, params.id)
      // The engine unpacks as root, also owners and setuid bits.
      if (container.writesHost)
        refuse(
          403,
          'an archive is not allowed in a container with a writable bind; write the files on the host',
        )
      return {
        path: ['containers', container.id, 'archive'],
        query: {
          path: query.get('path') ?? refuse(400, 'path is missing'),
          noOverwriteDirNonDir: query.get('noOverwriteDirNonDir'),
          copyUIDGID: query.get('copyUIDGID'),
        },
        body: { kind: 'tar', maxBytes: context.policy.archiveMiB * 1024 * 1024 },
      }
    },
  },
]
