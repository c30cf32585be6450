import { join } from 'node:path'
import { bundleServer } from '../../../scripts/bundle-server.ts'

await bundleServer({
  home: join(import.meta.dirname, '..'),
  output: 'dist/stub-server.cjs',
  packages: ['ajv', 'ajv-formats'],
})
