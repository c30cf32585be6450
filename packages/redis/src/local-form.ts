import { basename } from 'node:path'
import type { LocalDefinition, LocalUnsupported, TaskPlan, TaskSpec } from 'mesocosm'
import { findInstalledServer } from './find-program.ts'
import type { ServerKind } from './server-kind.ts'
import { type RedisSettings, settingsFile } from './settings.ts'

/** What the server runs with in its container. */
export interface LocalOptions {
  readonly kind: ServerKind
  /** All settings but those that load modules. */
  readonly settings: RedisSettings
  /** As the user gave them. */
  readonly modules: readonly string[]
  /** Whether the settings load modules of the image. */
  readonly loadsOfImage: boolean
}

/** Returns how the server runs as a process of this machine: as the Redis or Valkey that is installed on it. */
export const localForm = (options: LocalOptions): LocalDefinition | LocalUnsupported => {
  const { kind, modules } = options
  if (options.loadsOfImage)
    return {
      unsupported: 'has the setting loadmodule, which names files of its image',
      remedy: 'name files of this machine in the option `modules`',
    }
  const installed = findInstalledServer()
  if (installed === undefined)
    return {
      unsupported: 'needs redis-server and redis-cli, or valkey-server and valkey-cli, in the PATH',
      remedy:
        'install Redis or Valkey on this machine, such as with `apt-get install redis-server`',
    }
  // Where it listens and keeps its files is said by arguments, which override the file.
  const { bind: _bind, aclfile, ...settings } = options.settings
  const args = {
    bind: '127.0.0.1',
    port,
    dir: folder,
    ...(aclfile === undefined ? {} : { aclfile: `${folder}/${basename(String(aclfile))}` }),
  }
  return {
    command: [
      installed.server,
      `${folder}/redis.conf`,
      ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, value]),
      ...modules.flatMap((_, index) => ['--loadmodule', `${folder}/modules/${index}.so`]),
    ],
    env: { REDIS_CLI: installed.client, REDIS_DIR: folder },
    portEnv: 'REDIS_PORT',
    files: [
      { content: settingsFile(settings), to: 'redis.conf' },
      ...kind.files.map(({ content, to, mode }) => ({
        content,
        to: basename(to),
        ...(mode === undefined ? {} : { mode }),
      })),
      ...modules.map((from, index) => ({ from, to: `modules/${index}.so`, mode: 0o755 })),
    ],
    tasks: tasksOf(kind.tasks),
  }
}

// ---

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: the program's start replaces them. */
const folder = '${DIR}'
const port = '${PORT}'
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above. */

/** Their script is in the folder of the process. */
const tasksOf = (tasks: TaskPlan): TaskPlan =>
  Object.fromEntries(
    Object.entries(tasks).map(([hook, list]: [string, readonly TaskSpec[]]) => [
      hook,
      list.map((task) => ({
        ...task,
        argv: ['sh', '-c', 'exec sh "$REDIS_DIR/lanes.sh" "$@"', 'sh', ...task.argv.slice(2)],
      })),
    ]),
  )
