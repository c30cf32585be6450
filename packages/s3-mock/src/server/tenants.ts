import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Tenants } from './control.ts'
import { type Declared, openTenant, type Tenant } from './store/tenant.ts'

/** The tenants of a server, by access key. */
export interface TenantStore extends Tenants {
  get(accessKeyId: string): Tenant | undefined
  /** Returns the tenant of unsigned requests: the only one, or the one that has the bucket. */
  open(bucket: string | undefined): Tenant | undefined
}

/** Opens the tenants in the folder, which outlive a restart of the server. */
export const openTenants = (folder: string, declared: Declared): TenantStore => {
  const tenants = new Map<string, Tenant>()
  const folderOf = (key: string) => join(folder, Buffer.from(key).toString('hex'))
  const open = (key: string) => tenants.set(key, openTenant(folderOf(key), key, declared))
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) open(Buffer.from(name, 'hex').toString())
  return {
    has: (key) => tenants.has(key),
    get: (key) => tenants.get(key),
    open: (bucket) => {
      const [first, second] = tenants.values()
      if (second === undefined) return first
      return [...tenants.values()].find(({ buckets }) => buckets.has(bucket ?? ''))
    },
    enter(key) {
      if (!tenants.has(key)) open(key)
    },
    reset: (key) => tenants.get(key)?.reset(),
    leave(key) {
      tenants.get(key)?.destroy()
      tenants.delete(key)
    },
  }
}
