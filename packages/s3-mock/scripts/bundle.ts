import { join } from 'node:path'
import { bundleServer } from '../../../scripts/bundle-server.ts'

await bundleServer({
  home: join(import.meta.dirname, '..'),
  output: 'dist/s3-server.cjs',
  packages: ['fast-xml-parser', '@aws-crypto/crc32c'],
})
