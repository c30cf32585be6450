// Prints how many milliseconds `generate` took in a process that had already loaded the topology.
import { pathToFileURL } from 'node:url'
import { generate } from '@mesocosm/codegen'

const [file] = process.argv.slice(2)
const { topology } = await import(pathToFileURL(file).href)
const start = performance.now()
await generate(topology, { file })
process.stdout.write(String(performance.now() - start))
