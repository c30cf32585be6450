// Exports of a library with a topology. Every type is inferred, so declaration files must be able to name it.
import { definePlugin, lease } from 'mesocosm'
import { topology } from '../topology.ts'

export { topology } from '../topology.ts'
export const smaller = topology.without('api')
export const larger = topology.with({ web: { image: 'nginx', ports: { http: 80 } } })
export const open = () => lease(topology)
export const services = async () => (await open()).services
export const api = async () => (await services()).api
export const createAdmin = async () => (await api()).exec.createAdmin
export const database = async () => (await services()).db
export const payments = async () => (await services()).payments
export const charges = async () => (await payments()).received('createCharge')
export const plugin = definePlugin({
  name: 'clock',
  service: (_: { readonly zone?: string }) => ({ image: 'clock', ports: { http: 80 } }),
  client: (service) => ({ now: async () => fetch(service.port('http').url) }),
})
