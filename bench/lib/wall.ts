import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** The result of a program. */
export interface Finished {
  readonly ms: number
  readonly output: string
}

/** Runs a program and returns the time from its start to its end; throws if it fails. */
export const wallTime = async (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> => {
  const start = performance.now()
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  const ms = performance.now() - start
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${code}`)
  return { ms, output }
}
