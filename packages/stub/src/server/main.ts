// The server as a program: `node stub-server.cjs`. Its settings are environment variables.
import { readFileSync } from 'node:fs'
import { runServer } from '../../../../servers/run-server.ts'
import type { StubModel } from '../model.ts'
import { startStubServer } from './server.ts'
import { readSettings } from './settings.ts'

runServer(async (log) => {
  const { port, host, model, shared, lanes } = readSettings(process.env)
  const described = JSON.parse(readFileSync(model, 'utf8')) as StubModel
  return await startStubServer(described, {
    port,
    ...(host === undefined ? {} : { host }),
    shared,
    lanes,
    log,
  })
})
