// The script of a page whose run is served by the address that it came from.
import { openLive } from '../../../../src/report/open/open-live.ts'
import { start } from './start.tsx'

start(openLive(new URL('.', location.href).href))
