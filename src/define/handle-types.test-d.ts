// Checked only by the compiler: `tsc -p tsconfig.test.json`.
import { z } from 'zod'
import type { ExecResult } from '../model/exec.ts'
import type { SecretPart } from '../model/template.ts'
import { definePlugin } from '../plugin/define-plugin.ts'
import { self } from '../plugin/self.ts'
import { defineCommand } from './command.ts'
import { ref, secret } from './env-value.ts'
import type { PortHandle } from './handle.ts'
import type { Handles } from './handle-types.ts'
import type { Lane, LeaseOptions } from './lane.ts'
import { defineTopology, type ServiceName } from './topology.ts'

declare module './register.ts' {
  interface Register {
    'handle types': {
      api: {
        env: {
          LOG_LEVEL?: 'debug' | 'info'
          WORKERS?: number | string | SecretPart
          DECLARED: string
        }
        exec: {
          'db:migrate'(...args: string[]): Promise<ExecResult>
          seed(): Promise<ExecResult>
        }
      }
    }
  }
}

const mail = definePlugin({
  name: 'mail',
  service: (options: { readonly size?: number }) => ({
    image: `mail:${options.size}`,
    ports: { smtp: 25 },
    outputs: { url: ['smtp://', self('smtp.host')] },
  }),
  client: (service) => ({ messages: async () => [service.outputs.url] }),
})

const topology = defineTopology({
  name: 'handle types',
  services: {
    mail: mail(),
    api: {
      image: 'api',
      ports: { http: 80 },
      env: { DECLARED: ref('mail.url'), SIGNUP: 'closed' },
      exec: {
        seed: (rows: number, table?: 'users' | 'orders') => ['seed', String(rows), table ?? ''],
        createAdmin: defineCommand({
          args: z.object({ email: z.email(), role: z.enum(['admin', 'root']).default('admin') }),
          output: z.object({ id: z.string() }),
          argv: (a) => ['create', a.email, a.role satisfies 'admin' | 'root'],
        }),
        clean: defineCommand({ argv: () => ['clean'] }),
        many: (...words: string[]) => words,
        list: defineCommand({
          args: z.object({ all: z.boolean().optional() }),
          argv: () => ['ls'],
        }),
      },
    },
    bare: { image: 'bare', cli: ['manage'], sources: ['./a', './b'] },
    tool: { image: 'tool', cli: { argv: ['php', 'bin/console'], kind: 'symfony' }, sources: './c' },
  },
})

export const wrongTools = () => {
  // @ts-expect-error an unknown kind
  defineTopology({ name: 'w1', services: { a: { image: 'a', cli: { argv: ['a'], kind: 'x' } } } })
  defineTopology({
    name: 'w2',
    // @ts-expect-error an unknown key
    services: { a: { image: 'a', cli: { argv: ['a'], kin: 'oclif' } } },
  })
  // @ts-expect-error a shell line instead of argv
  defineTopology({ name: 'w3', services: { a: { image: 'a', cli: 'php bin/console' } } })
}

export const services = async ({ api, mail, bare }: Handles<typeof topology>) => {
  api.http satisfies PortHandle
  api.host satisfies string
  api.port satisfies number
  // @ts-expect-error no such port
  api.https
  // @ts-expect-error a service without ports has none
  bare.http

  api.env.SIGNUP satisfies string
  api.env.WORKERS satisfies string
  // @ts-expect-error not declared, not generated
  api.env.NOPE
  // @ts-expect-error the environment cannot be changed by assignment
  api.env.SIGNUP = 'open'

  ;(await api.exec.createAdmin({ email: 'a@b.co' })) satisfies { id: string }
  // @ts-expect-error wrong argument
  await api.exec.createAdmin({ emial: 'a@b.co' })
  // @ts-expect-error wrong value
  await api.exec.createAdmin({ email: 'a@b.co', role: 'king' })
  // @ts-expect-error missing argument
  await api.exec.createAdmin()
  ;(await api.exec.clean()).exitCode satisfies number
  ;(await api.exec.list()).stdout satisfies string
  await api.exec.list({ all: true })
  await api.exec['db:migrate']('--force')
  // A declared command wins over a generated one of the same name.
  await api.exec.seed(1, 'orders')
  // @ts-expect-error the generated one took nothing
  await api.exec.seed()
  ;(await api.exec.seed(1, 'orders', { timeoutMs: 5 })).exitCode satisfies number
  ;(await api.exec.clean({ reject: false })).exitCode satisfies number
  ;(await api.exec.createAdmin({ email: 'a@b.co' }, { reject: false })).exitCode satisfies number
  ;(await api.exec.createAdmin({ email: 'a@b.co' }, { timeoutMs: 5 })).id satisfies string
  ;(await api.exec.many('a', 'b')).stdout satisfies string
  ;(await api.exec.many('a', { reject: false })).stdout satisfies string
  // @ts-expect-error options that a call does not have
  await api.exec.clean({ timeout: 5 })
  // @ts-expect-error not an option
  await api.exec.seed(1, 'orders', { force: true })
  // @ts-expect-error no such command
  await api.exec.createAdmn({ email: 'a@b.co' })

  ;(await api.withEnv({
    SIGNUP: 1,
    LOG_LEVEL: 'debug',
    DECLARED: undefined,
  })) satisfies AsyncDisposable
  ;(await api.withEnv({ WORKERS: 2 }, () => 'result')) satisfies string
  await api.setEnv({ SIGNUP: true }, { restart: 'dependents' })
  await api.withEnv({ SIGNUP: secret('x'), WORKERS: secret('y') })
  // @ts-expect-error none of the words that it can be
  await api.withEnv({ LOG_LEVEL: secret('debug') })
  // @ts-expect-error unknown variable
  await api.withEnv({ SIGNUPP: 'open' })
  // @ts-expect-error wrong value of a generated variable
  await api.withEnv({ LOG_LEVEL: 'loud' })
  // @ts-expect-error wrong type of value
  await api.withEnv({ SIGNUP: ['open'] })
  // @ts-expect-error a service without variables takes none
  await bare.withEnv({ ANY: 'x' })

  mail.smtp.url satisfies string
  mail.url satisfies string
  mail.host satisfies string
  ;(await mail.messages()) satisfies string[]
  await mail.withEnv({ ANY: 'x' })
  // @ts-expect-error no such method
  await mail.mesages()
}

export const lanes = async (lane: Lane<typeof topology>) => {
  lane.services.api.http.url satisfies string
  await using added = await lane.add('second', mail({ size: 2 }))
  ;(await added.messages()) satisfies string[]
  const worker = await lane.add('worker', {
    image: 'w',
    ports: { http: 1 },
    env: { API: ref('api.http.url'), OWN: ref('worker.host') },
    dependsOn: ['api'],
    exec: { run: () => ['x'] },
  })
  worker.http.url satisfies string
  worker.env.API satisfies string
  await worker.exec.run()
  // @ts-expect-error a name that is not a host name
  await lane.add('userDb', { image: 'w' })
  await lane.start('api', { timeoutMs: 5 })
  await lane.disconnect('api', { timeoutMs: 5 })
  // @ts-expect-error wrong ref in an added service
  await lane.add('w2', { image: 'w', env: { A: ref('apii.host') } })
  // @ts-expect-error the name is taken
  await lane.add('api', { image: 'w' })
  // @ts-expect-error no service of this topology
  await lane.disconnect('nope')
  await lane.start('api', 'mail')
  ;(await lane.step('a title', () => 3)) satisfies number
  const options: LeaseOptions<ServiceName<typeof topology>> = { reset: 'deep', services: ['api'] }
  options satisfies LeaseOptions
  // @ts-expect-error no service of this topology
  ;({ services: ['nope'] }) satisfies LeaseOptions<ServiceName<typeof topology>>
}

const without = topology.without('mail')
export const fewer = (services: Handles<typeof without>) => {
  services.api.exec.seed satisfies (rows: number) => Promise<ExecResult>
  // @ts-expect-error removed
  services.mail
}

const replaced = topology.with({ api: { image: 'other', ports: { grpc: 1 } } })
export const others = (services: Handles<typeof replaced>) => {
  services.api.grpc.port satisfies number
  // @ts-expect-error the first api had it
  services.api.http
}
