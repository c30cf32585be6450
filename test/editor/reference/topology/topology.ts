/// <reference path="./topology.gen.ts" preserve="true" />
import { defineTopology, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'referenced',
  services: {
    api: { build: './api', ports: { http: 3000 }, env: { SIGNUP: 'closed' } },
    web: { image: 'nginx', ports: { http: 80 }, env: { API: ref('api.http.url') } },
  },
})
