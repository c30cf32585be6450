import { exec, http, tcp } from 'mesocosm'
import { databaseReady, type Program, type Scene, scenes } from '../scenes.ts'

/** A scene's services as a topology declares them. They come from data: the compiler is told of `api` only. */
export const topologyServices = (scene: Scene): DeclaredServices =>
  Object.fromEntries(
    Object.entries(scenes[scene]).map(([name, program]) => [name, service(program)]),
  ) as never

export interface DeclaredServices {
  readonly api: {
    readonly image: string
    readonly ports: { readonly main: number }
    readonly env: { readonly MODE: string }
  }
}

// ---

const service = ({ image, command, env, port, needs, ready }: Program) => ({
  image,
  ...(command === undefined ? {} : { command }),
  env,
  ports: { main: port },
  dependsOn: needs,
  ready: { http: http('/'), tcp: tcp(), postgres: exec(databaseReady) }[ready],
})
