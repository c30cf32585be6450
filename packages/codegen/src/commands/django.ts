import { jsonAnswer } from './answer.ts'
import { argparseCommand, argparseWalk } from './argparse.ts'
import { itemsOf, objectOf } from './json-value.ts'
import type { CommandProvider } from './provider.ts'

/** Management commands of a Django project: its own, those of its applications and Django's. */
export const django: CommandProvider = {
  kind: 'django',
  detect: ({ argv = [] }) => argv.some((word) => /(^|\/)(manage\.py|django-admin)$/.test(word)),
  probe: {
    ask: async (run, argv) => {
      const asked = [...argv, 'shell', '-c', script]
      return jsonAnswer(asked, await run(asked))
    },
    read: (answer) =>
      itemsOf(objectOf(answer).commands).map((item) => argparseCommand(objectOf(item))),
  },
}

// ---

/** Runs in the project with its applications loaded: `help` lists only names, so the parsers are read. */
const script = `${argparseWalk}
import json
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
dropped = {a.dest for a in BaseCommand().create_parser('manage.py', 'x')._actions} | {'skip_checks', 'version'}
commands = []
for name, app in sorted(get_commands().items()):
    try:
        command = load_command_class(app, name) if isinstance(app, str) else app
        parser = command.create_parser('manage.py', name)
    except Exception as error:
        # It imports something that the image lacks; its name is still known.
        rest = {'name': 'args', 'flags': [], 'nargs': '*', 'help': '', 'type': 'string'}
        commands.append({'name': name, 'help': 'Could not be read: ' + type(error).__name__, 'actions': [rest]})
        continue
    commands += walk(parser, [name], command.help, dropped)
print(json.dumps({'commands': commands}))
`
