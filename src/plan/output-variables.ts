import type { Outputs } from '../model/endpoint.ts'

/** Environment variables for programs that do not know the topology. */
export interface OutputVariables {
  /** `API_HTTP_URL` for output `http.url` of service `api`. */
  readonly env: Readonly<Record<string, string>>
  /** Names that stand for several outputs with different values, and are not set, with those outputs. */
  readonly ambiguous: Readonly<Record<string, readonly string[]>>
}

/** Returns all outputs as variables `<SERVICE>_<OUTPUT>`, in upper snake case. */
export const outputVariables = (services: Readonly<Record<string, Outputs>>): OutputVariables => {
  const found = new Map<string, Map<string, string[]>>()
  for (const [service, outputs] of Object.entries(services))
    for (const [output, value] of Object.entries(outputs)) {
      const name = variableName(service, output)
      const values = found.get(name) ?? new Map<string, string[]>()
      found.set(name, values.set(value, [...(values.get(value) ?? []), `${service}.${output}`]))
    }
  const env: Record<string, string> = {}
  const ambiguous: Record<string, readonly string[]> = {}
  for (const [name, values] of found) {
    const [only] = values.keys()
    if (values.size === 1 && only !== undefined) env[name] = only
    else ambiguous[name] = [...values.values()].flat()
  }
  return { env, ambiguous }
}

/** Returns the name of an output's variable: `API_HTTP_URL`, `S3_ACCESS_KEY` for `accessKey`. */
export const variableName = (service: string, output: string): string =>
  `${service}_${output}`
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
    .replace(/^(?=\d)/, '_')
