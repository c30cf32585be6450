// The script of a report: the run is in the page.
import { openEmbedded } from '../../../../src/report/open/open-embedded.ts'
import { start } from './start.tsx'

start(openEmbedded(document))
