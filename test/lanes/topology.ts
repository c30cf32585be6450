import { join } from 'node:path'
import { postgres } from '@mesocosm/postgres'
import { defineTopology, type LeaseOptions, lease, ref } from 'mesocosm'
import { app, get } from '../lib/app.ts'
import type { Sandbox } from '../lib/sandbox.ts'

/** A database server for all lanes, and two services per lane. */
const declare = ({ folder }: Sandbox) =>
  defineTopology({
    name: 'lanes',
    root: folder,
    services: {
      db: postgres({ init: [join(import.meta.dirname, 'schema.sql')] }),
      store: { ...app, env: { GREETING: undefined } },
      api: {
        ...app,
        env: { DATABASE: ref('db.url'), STORE: ref('store.http.url'), GREETING: 'hello' },
      },
    },
  })

/** Leases a lane in this process. */
export const open = (sandbox: Sandbox, key: string, options: Omit<LeaseOptions, 'key'> = {}) =>
  lease(declare(sandbox), { ...options, key } as { readonly key: string })

export type Open = Awaited<ReturnType<typeof open>>

/** Returns the rows in a lane's database, oldest first. */
export const notes = async ({ services: { db } }: Open): Promise<readonly string[]> =>
  (await db.query<{ text: string }>('select text from notes order by id')).map(({ text }) => text)

export const write = async ({ services: { db } }: Open, text: string): Promise<void> => {
  await db.query('insert into notes (text) values ($1)', [text])
}

/** Whether a service answers on its published port. */
export const answers = async (handle: Parameters<typeof get>[0]): Promise<boolean> =>
  get(handle, 'health').then(
    () => true,
    () => false,
  )
