// `npm run check`: format, lint, docstrings, types, and whether generated types are up to date. All are reported even if one fails.
import { exitWith } from './run.ts'
import { runTasks } from './tasks.ts'

await exitWith(() => runTasks('lint', 'docs', 'types', 'gen:check'))
