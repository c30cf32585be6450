/** Where a port can be reached. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** From where an address is seen: `inside` the lane's network, or from the `test`. */
export type View = 'inside' | 'test'

/** A service's outputs by name (`host`, `http.url`, `url` …), all as text. */
export type Outputs = Readonly<Record<string, string>>
