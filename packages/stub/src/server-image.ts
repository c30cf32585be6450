import { fileURLToPath } from 'node:url'
import type { TaskSpec } from 'mesocosm'
import { controlPrefix } from './wire.ts'

/** Image and port of the server, unless options name others. */
export const defaults = { image: 'node:24-trixie-slim', port: 8080 } as const

const program = '/mesocosm/stub-server.cjs'
const model = '/mesocosm/stub-model.json'

/** In the build's folder, also when this file runs from source. */
const bundledProgram = fileURLToPath(new URL('../dist/stub-server.cjs', import.meta.url))

/** Of a process. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the program's start replaces it.
const folder = '${DIR}'

/** Returns the part of the definition that runs the server. @param text the compiled document as JSON. */
export const bundledServer = (
  text: string,
  share: 'lane' | 'run',
  image = defaults.image as string,
) => ({
  image,
  command: ['node', program],
  files: [
    { from: bundledProgram, to: program },
    { content: text, to: model },
  ],
  env: {
    STUB_PORT: String(defaults.port),
    STUB_MODEL: model,
    ...(share === 'run' ? { STUB_SHARED: '1' } : {}),
  },
  // #region local
  local: {
    command: [process.execPath, bundledProgram],
    env: {
      STUB_HOST: '127.0.0.1',
      STUB_MODEL: `${folder}/model.json`,
      STUB_LANES: `${folder}/lanes.json`,
    },
    portEnv: 'STUB_PORT',
    files: [{ content: text, to: 'model.json' }],
  },
  // #endregion
})

/**
 * Returns a task that adds, resets or removes a lane on the server. It uses bash if the image has it, because bash starts
 * faster than Node.
 */
export const laneTask = (
  method: 'PUT' | 'POST' | 'DELETE',
  lane: TaskSpec['argv'][number],
): TaskSpec => ({
  argv: ['sh', '-c', 'eval "$ASK"', 'sh', method, lane],
  // In variables, so that a failure shows the request instead of the script.
  env: { ASK: ask, ASK_BY_BASH: askByBash, ASK_BY_NODE: askByNode },
})

// ---

const path = `${controlPrefix}lanes/`

/** A name that must be escaped in a path is left to Node. */
const ask = `case $2 in *[!a-zA-Z0-9_-]*) ;; *) command -v bash > /dev/null && exec bash -c "$ASK_BY_BASH" bash "$@" ;; esac
exec node -e "$ASK_BY_NODE" "$@"`

const askByBash = `exec 3<> "/dev/tcp/127.0.0.1/$STUB_PORT" || exit 1
printf '%s ${path}%s HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n' "$1" "$2" >&3
read -r _ status _ <&3
[ "$status" = 204 ] || { echo "status $status" >&2; exit 1; }`

const askByNode = `const [, method, lane] = process.argv
fetch('http://127.0.0.1:' + process.env.STUB_PORT + '${path}' + encodeURIComponent(lane), { method }).then(({ status }) => {
  if (status !== 204) throw new Error('status ' + status)
})`
