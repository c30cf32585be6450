import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { mailhog } from '@mesocosm/mailhog'
import { s3Mock } from '@mesocosm/s3-mock'
import { type TarEntry, tarOf } from '../../src/docker/api/tar.ts'

/** Helpers that tests add to a running lane; what they run needs no image but Node's. */
export const sidecars = { mail: mailhog({ server: 'bundled' }), files: s3Mock() } as const
export type SidecarName = keyof typeof sidecars

/** The same in plain words, for somebody who starts it by hand. */
export interface BareSidecar {
  readonly image: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly files: readonly { readonly from: string; readonly to: string }[]
  readonly port: number
  /** Answered once it is ready. */
  readonly path: string
}

export const bareSidecar = (name: SidecarName): BareSidecar => {
  const { env = {}, ports, ready, ...rest } = sidecars[name] as unknown as Declared
  const { port } = ports[ready.port ?? Object.keys(ports)[0] ?? ''] ?? {}
  if (port === undefined) throw new Error(`${name} declares no port that can be asked`)
  return { ...rest, env, port, path: ready.path }
}

/** As the engine takes files into a container. */
export const archiveOf = async (files: BareSidecar['files']): Promise<Readable> =>
  tarOf(
    await Promise.all(
      files.map(async ({ from, to }): Promise<TarEntry> => {
        const { size } = await stat(from)
        return { name: to.slice(1), mode: 0o644, content: { kind: 'file', path: from, size } }
      }),
    ),
  )

// ---

/** As a plugin declares it. */
interface Declared extends Pick<BareSidecar, 'image' | 'command' | 'files'> {
  readonly env?: Readonly<Record<string, string>>
  readonly ports: Readonly<Record<string, { readonly port: number }>>
  readonly ready: { readonly path: string; readonly port?: string }
}
