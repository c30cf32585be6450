import { join } from 'node:path'
import { bundleServer } from '../../../scripts/bundle-server.ts'

await bundleServer({
  home: join(import.meta.dirname, '..'),
  output: 'dist/mail-server.cjs',
  packages: ['smtp-server', 'postal-mime', 'nodemailer'],
  page: 'src/server/page',
})
