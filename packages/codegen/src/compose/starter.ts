import { topologyName } from './names.ts'

/** Returns the text of a first topology, for a project without a Compose file. */
export const starterTopology = (name: string): string =>
  `import { defineTopology, http } from 'mesocosm'

export const topology = defineTopology({
  name: '${topologyName(name)}',
  services: {
    web: {
      image: 'nginx:1.29',
      ports: { http: 80 },
      ready: http('/'),
    },
  },
})
`
