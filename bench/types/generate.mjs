// Tells how long generating took inside a process that has loaded the topology already, in milliseconds.
import { pathToFileURL } from 'node:url'
import { generate } from '@mesocosm/codegen'

const [file] = process.argv.slice(2)
const { topology } = await import(pathToFileURL(file).href)
const start = performance.now()
await generate(topology, { file })
process.stdout.write(String(performance.now() - start))
