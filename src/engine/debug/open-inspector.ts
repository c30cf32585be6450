import { starterScript, starterTitle } from '../../debug/launch/node-starters.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { Runtime } from '../../runtime/runtime.ts'

/**
 * Opens the inspector of a Node program that runs without it, by SIGUSR1. The service's own Node looks for the process:
 * the first one that does not start another one, as package managers do, and that handles the signal, because it would end any other program.
 *
 * @throws {MesocosmError} `DEBUGGER_UNAVAILABLE` if there is no such process, or no `node` in the image.
 */
export const openInspector = async (
  runtime: Runtime,
  at: { readonly service: string; readonly container: string },
  signal?: AbortSignal,
): Promise<void> => {
  const argv = ['node', '-e', script]
  const options = { timeoutMs: execMs, ...(signal === undefined ? {} : { signal }) }
  try {
    // The service may set options that a second Node must not have, such as a port of the inspector.
    const env = { NODE_OPTIONS: '' }
    const { exitCode, stderr } = await runtime.exec(at.container, { argv, env }, options)
    if (exitCode !== 0) throw new Error(stderr.trim())
  } catch (error) {
    throw new MesocosmError({
      code: 'DEBUGGER_UNAVAILABLE',
      message: `the inspector of ${at.service} could not be opened: no Node process was found in it`,
      remedy:
        'correct debug of the service, or start it with the inspector: `debug({ break: true })`',
      facts: { service: at.service },
      cause: error,
    })
  }
}

// ---

const execMs = 10_000

/** SIGUSR1 is bit 9 of the mask of handled signals, see proc(5). */
const script = `
const fs = require('node:fs')
const read = (file) => { try { return fs.readFileSync(file, 'utf8') } catch { return '' } }
const starters = new RegExp(${JSON.stringify(starterScript)})
const titles = new RegExp(${JSON.stringify(starterTitle)})
const withValue = /^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions)$/
const found = fs.readdirSync('/proc').map(Number).filter(Boolean).filter((pid) => {
  if (pid === process.pid) return false
  let program = ''
  try { program = fs.readlinkSync('/proc/' + pid + '/exe') } catch {}
  if (!/\\/node(js)?$/.test(program)) return false
  const caught = /^SigCgt:\\s*([0-9a-f]+)/m.exec(read('/proc/' + pid + '/status'))
  const [title, ...words] = read('/proc/' + pid + '/cmdline').split('\\0')
  const main = words.find((word, at) => !word.startsWith('-') && !withValue.test(words[at - 1] ?? '')) ?? ''
  // npm writes its command over its arguments.
  if (titles.test(title)) return false
  if (words.some((word) => /^--watch(-path=.*)?$/.test(word))) return false
  return caught && (BigInt('0x' + caught[1]) >> 9n) & 1n && !starters.test(main)
})
const parent = (pid) => Number(/^PPid:\\s*(\\d+)/m.exec(read('/proc/' + pid + '/status'))?.[1])
const first = found.find((pid) => !found.includes(parent(pid)))
if (first === undefined) { console.error('no process'); process.exit(1) }
process.kill(first, 'SIGUSR1')
`
