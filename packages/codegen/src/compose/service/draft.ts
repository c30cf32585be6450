import type { Remark } from '../note.ts'
import type { Code } from '../print/code.ts'
import type { Text } from '../text/interpolation.ts'

/** A service between Compose and the topology: read, but without references and plugins. */
export interface Draft {
  /** Name in the topology. */
  readonly name: string
  /** Name in the Compose file. */
  readonly composeName: string
  readonly file: string
  readonly line: number
  /** Profiles of the service; empty if it is always started. */
  readonly profiles: readonly string[]
  readonly source: Source
  readonly env: readonly EnvItem[]
  readonly envFiles: readonly EnvFile[]
  readonly ports: readonly Port[]
  /** Further host names. */
  readonly aliases: readonly string[]
  readonly dependsOn: readonly Dependency[]
  /** Finished keys of the definition, in print order. */
  readonly settings: Readonly<Record<string, Code | undefined>>
  /** Creates the probe once all ports are known. */
  readonly ready: ((ports: readonly Port[]) => Readiness) | undefined
  readonly remarks: readonly Remark[]
  /** Other strings that can mention services: command, labels, build arguments. */
  readonly otherTexts: readonly string[]
  readonly mounts: readonly MountedPath[]
  readonly command: readonly Text[] | undefined
  /** Keys of the service in the Compose file. */
  readonly keys: ReadonlySet<string>
}

/** Where the image of a service comes from. */
export interface Source {
  /** Image name, for choosing a plugin; absent for builds. */
  readonly image: Text | undefined
  readonly entry: { readonly key: 'image' | 'build'; readonly value: Code }
}

/** A variable of a service. */
export interface EnvItem {
  readonly key: string
  /** `null` passes the variable of the host on. */
  readonly value: Text | number | boolean | null
}

/** An env file of a service. */
export interface EnvFile {
  readonly path: Text
  readonly required: boolean
}

/** A named port of a service. */
export interface Port {
  readonly name: string
  readonly number: number
  readonly code: Code
  readonly protocol: 'tcp' | 'udp'
  /** Scheme of its URL. */
  readonly scheme: string
  /** Whether the scheme must be printed, because the name does not imply it. */
  readonly explicitScheme: boolean
}

/** A service that must start first. */
export interface Dependency {
  readonly composeName: string
  /** `short` for the short syntax, which has no condition. */
  readonly condition: 'short' | 'started' | 'healthy' | 'completed'
  readonly required: boolean
}

/** The probe of a service. */
export interface Readiness {
  readonly probe: Code | undefined
  readonly timeoutMs: number | undefined
  readonly remarks: readonly Remark[]
}

/** A folder or file of the host that is mounted into the service. */
export interface MountedPath {
  readonly from: string
  readonly to: string
}
