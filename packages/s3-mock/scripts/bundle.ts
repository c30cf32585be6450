import { join } from 'node:path'
import { bundleServer } from '../../../scripts/bundle-server.ts'

await bundleServer({
  home: join(import.meta.dirname, '..'),
  output: 'dist/s3-server.cjs',
  packages: ['@aws-crypto/crc32c'],
  page: 'src/server/page',
})
