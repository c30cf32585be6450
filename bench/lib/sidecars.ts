import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { mailhog } from '@mesocosm/mailhog'
import { s3Mock } from '@mesocosm/s3-mock'
import { type TarEntry, tarOf } from '../../src/docker/api/tar.ts'

/** Sidecars that a test would add to a running lane; they need only the image of Node. */
export const sidecars = { mail: mailhog({ server: 'bundled' }), files: s3Mock() } as const
/** Name of a sidecar. */
export type SidecarName = keyof typeof sidecars

/** A sidecar as the Engine API needs it. */
export interface BareSidecar {
  readonly image: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly files: readonly { readonly from: string; readonly to: string }[]
  readonly port: number
  /** Path that is answered when it is ready. */
  readonly path: string
}

/** Returns a sidecar as the Engine API needs it. */
export const bareSidecar = (name: SidecarName): BareSidecar => {
  const { env = {}, ports, ready, ...rest } = sidecars[name] as unknown as Declared
  const { port } = ports[ready.port ?? Object.keys(ports)[0] ?? ''] ?? {}
  if (port === undefined) throw new Error(`${name} declares no port for its readiness probe`)
  return { ...rest, env, port, path: ready.path }
}

/** Returns the archive that copies files into a container. */
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

/** The part of a plugin definition that is used here. */
interface Declared extends Pick<BareSidecar, 'image' | 'command' | 'files'> {
  readonly env?: Readonly<Record<string, string>>
  readonly ports: Readonly<Record<string, { readonly port: number }>>
  readonly ready: { readonly path: string; readonly port?: string }
}
