/** Where a port can be reached. */
export interface Address {
  /** Host name or IP address. */
  readonly host: string
  /** Port number, 1–65535. */
  readonly port: number
}

/** From where an address is seen: from `inside` the lane's network, or from the `test`. */
export type View = 'inside' | 'test'

/** A service's outputs by name (`host`, `http.url`, `url` …), all strings. */
export type Outputs = Readonly<Record<string, string>>
