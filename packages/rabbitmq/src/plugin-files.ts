import { MesocosmError } from 'mesocosm'

/** A file in the server's container: a host file, or its content. */
type File = { readonly to: string; readonly mode: number } & (
  | { readonly from: string }
  | { readonly content: string }
)

/** Folder of the plugins that are not in the image. */
const folder = '/mesocosm/plugins'

/**
 * Returns the files that enable plugins, and those of the plugins that are not in the image.
 *
 * @param plugins names, and paths of `.ez` files.
 * @throws {MesocosmError} `TOPOLOGY_INVALID` for what is neither.
 */
export const pluginFiles = (plugins: readonly string[]): readonly File[] => {
  const files = plugins.filter((plugin) => plugin.endsWith('.ez'))
  const names = plugins.map(nameOf)
  const wrong = plugins.filter((_, index) => !/^[a-z][a-z0-9_]*$/.test(names[index] ?? ''))
  if (wrong.length > 0)
    throw new MesocosmError({
      code: 'TOPOLOGY_INVALID',
      message: `rabbitmq cannot enable ${wrong.map((plugin) => `"${plugin}"`).join(', ')}`,
      remedy:
        'use names such as rabbitmq_management, or files with their published names, such as ./name-4.1.0.ez',
      facts: { plugins: wrong },
    })
  return [
    { content: `[${names.join(',')}].\n`, to: '/etc/rabbitmq/enabled_plugins', mode: 0o644 },
    ...files.map((from) => ({ from, to: `${folder}/${from.replace(/.*[\\/]/, '')}`, mode: 0o644 })),
    ...(files.length === 0
      ? []
      : [
          {
            // Replaces the image's own folder, found by that of the server's scripts.
            content: `PLUGINS_DIR="$(dirname "$(dirname "$(readlink -f "$(command -v rabbitmq-server)")")")/plugins:${folder}"\n`,
            to: '/etc/rabbitmq/rabbitmq-env.conf',
            mode: 0o644,
          },
        ]),
  ]
}

// ---

/** The name of a plugin; a file has its version after it. */
const nameOf = (plugin: string): string =>
  plugin.endsWith('.ez') ? plugin.replace(/.*[\\/]/, '').replace(/(-v?\d[^/]*)?\.ez$/, '') : plugin
