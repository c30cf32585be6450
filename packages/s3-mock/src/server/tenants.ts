import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from './access/account.ts'
import type { Tenants } from './control.ts'
import { type Declared, openTenant, type Tenant } from './store/tenant.ts'

/** The tenants of a server, by access key. */
export interface TenantStore extends Tenants {
  /** Returns the account of an access key, and its tenant. */
  find(accessKeyId: string): { readonly tenant: Tenant; readonly account: Account } | undefined
  /** Returns the tenant of unsigned requests: the only one, or the one that has the bucket. */
  open(bucket: string | undefined): Tenant | undefined
  /** Returns the access keys of all accounts. */
  keys(): string[]
  /** Closes the files of all tenants. */
  close(): void
}

/** Opens the tenants in the folder, which outlive a restart of the server. */
export const openTenants = (folder: string, declared: Declared): TenantStore => {
  const tenants = new Map<string, Tenant>()
  const folderOf = (key: string) => join(folder, Buffer.from(key).toString('hex'))
  const open = (key: string) => tenants.set(key, openTenant(folderOf(key), key, declared))
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) open(Buffer.from(name, 'hex').toString())
  return {
    keys: () =>
      [...tenants.values()].flatMap(({ accounts }) =>
        accounts.map(({ accessKeyId }) => accessKeyId),
      ),
    has: (key) => tenants.has(key),
    find(key) {
      for (const tenant of tenants.values()) {
        const account = tenant.accounts.find((one) => one.accessKeyId === key)
        if (account !== undefined) return { tenant, account }
      }
      return undefined
    },
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
    close() {
      for (const tenant of tenants.values()) tenant.close()
    },
  }
}
