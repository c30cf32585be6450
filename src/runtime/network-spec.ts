/** A network to create. */
export interface NetworkSpec {
  /** Unique name on the engine. */
  readonly name: string
  /** Labels of the network. */
  readonly labels: Readonly<Record<string, string>>
  /** Number of addresses that it must have room for. */
  readonly size: number
}

/** A container on a network. */
export interface NetworkAttachment {
  /** Id of the container. */
  readonly container: string
  /** Id of the network. */
  readonly network: string
  /** Names under which others on the network find the container. */
  readonly aliases: readonly string[]
}

/** @deprecated Use `NetworkAttachment`. */
export type LinkChange =
  | ({
      /** Puts the container on the network. */
      readonly kind: 'connect'
    } & NetworkAttachment)
  | ({
      /** Takes it off the network. */
      readonly kind: 'disconnect'
    } & Omit<NetworkAttachment, 'aliases'>)
