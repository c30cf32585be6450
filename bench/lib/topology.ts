import { exec, http, tcp } from 'mesocosm'
import { databaseReady, type Program, type Scene, scenes } from '../scenes.ts'

/** Returns the services of a scene as a topology declares them. They are data, so the type knows only `api`. */
export const topologyServices = (scene: Scene): DeclaredServices =>
  Object.fromEntries(
    Object.entries(scenes[scene]).map(([name, program]) => [name, service(program)]),
  ) as never

/** The services, as far as types know them. */
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
