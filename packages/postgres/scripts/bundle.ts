import { join } from 'node:path'
import { bundleServer } from '../../../scripts/bundle-server.ts'

await bundleServer({
  home: join(import.meta.dirname, '..'),
  input: 'src/local/program/main.ts',
  output: 'dist/postgres-local.cjs',
  packages: ['pg'],
})
