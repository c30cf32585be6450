/** Size of a topology. */
export interface Size {
  /** Number of services. */
  readonly services: number
  /** Number of variables per service: each is declared with a ref, and generated too. */
  readonly variables: number
  /** Number of commands per service, and how they are declared. */
  readonly commands?: { readonly kind: 'argv' | 'zod'; readonly each: number }
}

/** Returns a topology in which every variable is a ref and each service depends on the previous one. */
export const topologyText = (size: Size): string => `${importsText(size)}

export const topology = defineTopology({
  name: 'priced',
  services: {
${each(size.services, (service) => serviceText(size, service)).join('\n')}
  },
})
`

/** Returns what `mesocosm gen` would write for the topology. */
export const generatedText = (size: Size): string => `import type {} from 'mesocosm'

declare module 'mesocosm' {
  interface Register {
    priced: {
${each(size.services, (service) => generatedService(size, service)).join('\n')}
    }
  }
}
`

/** A test that sets a generated variable through a handle. */
export const useText = `import type { Handles } from 'mesocosm'
import type { topology } from './topology.ts'

export const use = ({ s0 }: Handles<typeof topology>) => s0.withEnv({ V0: 'x' })
`

// ---

const each = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** Imports zod only if it is used, because its declarations take time to read. */
const importsText = ({ commands }: Size): string =>
  commands?.kind === 'zod'
    ? `import { defineCommand, defineTopology, ref } from 'mesocosm'\nimport { z } from 'zod'`
    : `import { defineTopology, ref } from 'mesocosm'`

const serviceText = ({ services, variables, commands }: Size, service: number): string => {
  const env = each(variables, (variable) => {
    const other = (service + variable + 1) % services
    return `        V${variable}: ref('s${other}.http.url'),`
  })
  const exec = each(commands?.each ?? 0, (command) =>
    commands?.kind === 'zod' ? zodCommand(command) : argvCommand(command),
  )
  const dependsOn = service === 0 ? '' : `\n      dependsOn: ['s${service - 1}'],`
  return `    s${service}: {
      build: './s${service}',
      ports: { http: 3000 },${dependsOn}
      env: {\n${env.join('\n')}\n      },
      exec: {\n${exec.join('\n')}\n      },
    },`
}

const argvCommand = (command: number): string =>
  `        c${command}: (rows: number, table?: 'users' | 'orders') => ['c', String(rows), table ?? ''],`

const zodCommand = (command: number): string => `        c${command}: defineCommand({
          args: z.object({ email: z.email(), role: z.enum(['admin', 'root']).default('admin'), n${command}: z.number().optional() }),
          output: z.object({ id: z.string(), r${command}: z.array(z.number()) }),
          argv: (a) => ['c${command}', a.email, a.role, String(a.n${command})],
        }),`

const generatedService = ({ variables }: Size, service: number): string => {
  const env = each(
    variables,
    (variable) => `          /** s${service}/env.ts */
          V${variable}?: ${variable % 5 === 1 ? "'a' | 'b'" : 'string | number | boolean'} | undefined`,
  )
  return `      s${service}: {\n        env: {\n${env.join('\n')}\n        }\n        exec: {}\n      }`
}
