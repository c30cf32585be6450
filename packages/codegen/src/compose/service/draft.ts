import type { Remark } from '../note.ts'
import type { Code } from '../print/code.ts'
import type { Text } from '../text/interpolation.ts'

/** A service on its way from Compose to a topology. */
export interface Draft {
  /** As the topology names it. */
  readonly name: string
  /** As the Compose file names it. */
  readonly composeName: string
  readonly file: string
  readonly line: number
  /** Empty for services that are always there. */
  readonly profiles: readonly string[]
  readonly source: Source
  readonly env: readonly EnvItem[]
  readonly envFiles: readonly EnvFile[]
  readonly ports: readonly Port[]
  /** Names on the network besides its own. */
  readonly aliases: readonly string[]
  readonly dependsOn: readonly Dependency[]
  /** Keys of the definition that are done, in the order they are printed in. */
  readonly settings: Readonly<Record<string, Code | undefined>>
  /** Makes the probe, with the ports as they are in the end. */
  readonly ready: ((ports: readonly Port[]) => Readiness) | undefined
  readonly remarks: readonly Remark[]
  /** All that is not environment and may name other services: command, labels, build arguments. */
  readonly otherTexts: readonly string[]
  readonly mounts: readonly MountedPath[]
  readonly command: readonly Text[] | undefined
  /** Keys of the Compose file that it had. */
  readonly keys: ReadonlySet<string>
}

export interface Source {
  /** What is run, for recognising it; absent for what is built. */
  readonly image: Text | undefined
  readonly entry: { readonly key: 'image' | 'build'; readonly value: Code }
}

export interface EnvItem {
  readonly key: string
  /** `null` takes the variable of the host's environment. */
  readonly value: Text | number | boolean | null
}

export interface EnvFile {
  readonly path: Text
  readonly required: boolean
}

export interface Port {
  readonly name: string
  readonly number: number
  readonly code: Code
  readonly protocol: 'tcp' | 'udp'
  /** Of its URL. */
  readonly scheme: string
  /** Whether the scheme must be written down beside the name. */
  readonly explicitScheme: boolean
}

export interface Dependency {
  readonly composeName: string
  /** `short` for one that was only named. */
  readonly condition: 'short' | 'started' | 'healthy' | 'completed'
  readonly required: boolean
}

export interface Readiness {
  readonly probe: Code | undefined
  readonly timeoutMs: number | undefined
  readonly remarks: readonly Remark[]
}

/** A folder or file of the host in the service, before it is decided what becomes of it. */
export interface MountedPath {
  readonly from: string
  readonly to: string
}
