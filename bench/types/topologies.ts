export interface Size {
  readonly services: number
  /** Variables of a service: declared, each with a ref, and generated too. */
  readonly variables: number
  /** Commands of a service, by how they are declared. */
  readonly commands?: { readonly kind: 'argv' | 'zod'; readonly each: number }
}

/** A topology of this size, with refs all over, each service depending on the one before. */
export const topologyText = (size: Size): string => `${importsText(size)}

export const topology = defineTopology({
  name: 'priced',
  services: {
${each(size.services, (service) => serviceText(size, service)).join('\n')}
  },
})
`

/** What `mesocosm gen` would write for it. */
export const generatedText = (size: Size): string => `import type {} from 'mesocosm'

declare module 'mesocosm' {
  interface Register {
    priced: {
${each(size.services, (service) => generatedService(size, service)).join('\n')}
    }
  }
}
`

/** A test that takes a handle and sets a variable that is generated. */
export const useText = `import type { Handles } from 'mesocosm'
import type { topology } from './topology.ts'

export const use = ({ s0 }: Handles<typeof topology>) => s0.withEnv({ V0: 'x' })
`

// ---

const each = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** Declarations of zod are read only where they are used, as in a project. */
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
