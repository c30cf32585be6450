// The server as a program: `node s3-server.cjs`. Its settings are environment variables.
import type { PageFiles } from '../../../../servers/page/page-files.ts'
import { runServer } from '../../../../servers/run-server.ts'
import { startS3Server } from './server.ts'
import { readSettings } from './settings.ts'

/** Replaced by the bundler. */
declare const PAGE_FILES: PageFiles

runServer((log) => startS3Server(readSettings(process.env), { log, page: PAGE_FILES }))
