import { join } from 'node:path'
import { http } from 'mesocosm'

/** A small service, `fixture/app.cjs`, ready 50 ms after its start. */
export const app = {
  image: 'node:24-trixie-slim',
  command: ['node', '/app.cjs'],
  files: [{ from: join(import.meta.dirname, '../fixture/app.cjs'), to: '/app.cjs' }],
  ports: { http: 3000 },
  ready: http('/health'),
} as const

/** Returns the answer of one of an app's routes. */
export const get = async <T>(
  { http: { url } }: { readonly http: { readonly url: string } },
  route: string,
): Promise<T> => {
  const response = await fetch(`${url}/${route}`, { signal: AbortSignal.timeout(30_000) })
  return (await response.json()) as T
}

/** Returns the environment that an app runs with. */
export const envOf = (handle: Parameters<typeof get>[0]): Promise<Record<string, string>> =>
  get(handle, 'env')

/** Returns what an app sees at a URL: the resolved host name and the answer. */
export const askFrom = (
  handle: Parameters<typeof get>[0],
  url: string,
): Promise<{ readonly resolved?: string; readonly answer?: string }> =>
  get(handle, `ask?${new URLSearchParams({ url })}`)
