import { join } from 'node:path'
import { log } from 'mesocosm'

/** A worker of Celery; it also runs the programs that send tasks. `BROKER` and `BACKEND` are its environment. */
export const celery = {
  image: 'mesocosm-test/celery:trixie',
  command: ['python3', '-m', 'celery', '-A', 'tasks', 'worker', '--pool', 'solo', '-l', 'INFO'],
  workdir: '/tasks',
  files: [{ from: join(import.meta.dirname, 'tasks.py'), to: '/tasks/tasks.py' }],
  ready: log(' ready.'),
} as const

/** Returns a program that sends a task and prints its result. */
export const send = (task: string): readonly string[] => [
  'python3',
  '-c',
  `import tasks; print(tasks.${task}.get(timeout=120))`,
]
