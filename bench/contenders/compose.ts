import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { askHttp, until } from '../lib/answers.ts'
import { compose } from '../lib/compose.ts'
import type { Contender } from '../lib/contender.ts'
import { benchLabel, contenderSettings } from '../lib/settings.ts'
import { type Scene, scenes } from '../scenes.ts'

/** Supports scenes of plain HTTP services only: it is for environment changes, not for starts. */
const createCompose = (): Contender => {
  const { id, folder } = contenderSettings()
  const file = join(folder, 'compose.json')
  // Chosen here, because asking Compose for the port would take as long as a restart.
  const port = freePort()
  const project = ['--project-name', `${id}-compose`, '--file', file]

  const write = async (scene: Scene, env: Readonly<Record<string, string>>) => {
    const published = await port
    const services = Object.entries(scenes[scene]).map(([name, { image, command, ...own }]) => [
      name,
      {
        image,
        // Compose would replace `$NAME` by values.
        command: command?.map((part) => part.replaceAll('$', '$$$$')),
        environment: { ...own.env, ...env },
        ports: [`127.0.0.1:${published}:${own.port}`],
        labels: { [benchLabel]: id },
        stop_grace_period: '0s',
      },
    ])
    await writeFile(file, JSON.stringify({ services: Object.fromEntries(services) }))
  }
  const answers = async (mode: string) => {
    const where = { host: '127.0.0.1', port: await port }
    await until(async () => (await askHttp(where))?.includes(mode) ?? false, 5)
  }
  return {
    async up(scene) {
      await write(scene, {})
      await compose([...project, 'up', '--detach'])
      await answers('declared')
    },
    async changeEnv(mode) {
      await write('one', { MODE: mode })
      await compose([...project, 'up', '--detach'])
      await answers(mode)
      return async () => {}
    },
    async down() {
      await compose([...project, 'down', '--volumes', '--timeout', '0'])
    },
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

export const contender = createCompose()
