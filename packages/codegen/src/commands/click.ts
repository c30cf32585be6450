import type { CommandArgument, CommandOption, ServiceCommand } from '../model/command.ts'
import type { ValueType } from '../model/value-type.ts'
import { jsonAnswer } from './answer.ts'
import { docOf, itemsOf, type JsonObject, objectOf, textOf } from './json-value.ts'
import type { CommandProvider, ToolFiles } from './provider.ts'

/** Tools made with click or a library based on it. */
export const click: CommandProvider = pythonTool('click')

/** Tools made with typer, which is based on click. */
export const typer: CommandProvider = pythonTool('typer')

// ---

function pythonTool(kind: 'click' | 'typer'): CommandProvider {
  return {
    kind,
    detect: ({ argv = [], files }) => isPython(argv[0] ?? '') && needs(files, kind),
    probe: {
      ask: async (run, argv) => {
        const [first = '', ...rest] = argv
        const asked = isPython(first)
          ? [first, '-c', script, ...rest]
          : ['python3', '-c', script, ...argv]
        return jsonAnswer(asked, await run(asked))
      },
      read: (answer) => itemsOf(objectOf(answer).commands).map((item) => command(objectOf(item))),
    },
  }
}

const isPython = (program: string): boolean => /(^|\/)python[\d.]*$/.test(program)

const needs = (files: ToolFiles, name: string): boolean => {
  const lists = ['pyproject.toml', 'requirements.txt', 'setup.py', 'setup.cfg', 'Pipfile']
  const mention = new RegExp(`^\\W*${name}\\b`, 'mi')
  return lists.some((path) => mention.test(files.text(path) ?? ''))
}

/** Starts the tool with its own argv, and prints its commands at the point where it would run one. */
const script = `
import json, os, runpy, shutil, sys
import click

def param(p):
    t = p.type
    return {
        'name': p.name, 'kind': p.param_type_name, 'flags': list(p.opts), 'off': list(p.secondary_opts),
        'required': bool(p.required), 'nargs': p.nargs, 'multiple': bool(getattr(p, 'multiple', False)),
        'flag': bool(getattr(p, 'is_flag', False)) or bool(getattr(p, 'count', False)),
        'optional': getattr(p, '_flag_needs_value', False) is True,
        'hidden': bool(getattr(p, 'hidden', False)), 'help': getattr(p, 'help', None) or '',
        'type': t.name, 'choices': [str(getattr(c, 'value', c)) for c in t.choices] if hasattr(t, 'choices') else None,
    }

def walk(command, words, parent):
    context = click.Context(command, info_name=words[-1] if words else 'tool', parent=parent)
    if hasattr(command, 'list_commands'):
        found = []
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden: found += walk(child, words + [name], context)
        return found
    if not words: return []
    params = [param(p) for p in command.get_params(context) if p.name != 'help']
    return [{'name': ' '.join(words), 'help': command.get_short_help_str(200), 'params': [p for p in params if not p['hidden']]}]

def tell(command, *_, **__):
    sys.stdout.write('\\n' + json.dumps({'commands': sorted(walk(command, [], None), key=lambda c: c['name'])}) + '\\n')
    sys.stdout.flush()
    os._exit(0)

classes = [click.Command, getattr(click.core, 'BaseCommand', click.Command)]
try:
    import typer.core
    classes += [typer.core.TyperCommand, typer.core.TyperGroup]
except ImportError:
    pass
for each in classes:
    each.main = tell
    each.__call__ = tell

args = sys.argv[1:]
if args[0] == '-m':
    sys.argv = args[1:]
    sys.path.insert(0, os.getcwd())
    runpy.run_module(args[1], run_name='__main__', alter_sys=True)
else:
    file = args[0] if os.path.exists(args[0]) else shutil.which(args[0]) or args[0]
    sys.argv = args
    sys.path.insert(0, os.path.dirname(os.path.abspath(file)))
    runpy.run_path(file, run_name='__main__')
`

const command = ({ name, help, params }: JsonObject): ServiceCommand => {
  const all = itemsOf(params).map(objectOf)
  return {
    name: textOf(name),
    ...docOf(help),
    args: all.filter(({ kind }) => kind === 'argument').flatMap(positionals),
    options: all.filter(({ kind }) => kind !== 'argument').flatMap(options),
  }
}

const positionals = (item: JsonObject): readonly CommandArgument[] => {
  const common = { type: valueType(item), ...docOf(item.help) }
  const name = textOf(item.name)
  const required = item.required === true
  const { nargs } = item
  if (typeof nargs === 'number' && nargs > 1)
    return Array.from({ length: nargs }, (_, index) => ({
      name: `${name}-${index + 1}`,
      required,
      variadic: false,
      ...common,
    }))
  return [{ name, required, variadic: nargs === -1, ...common }]
}

const options = (item: JsonObject): readonly CommandOption[] => {
  const name = best(item.flags)
  const common = { multiple: item.multiple === true, ...docOf(item.help) }
  const required = item.required === true
  if (item.flag === true) {
    const names = [name, ...(itemsOf(item.off).length > 0 ? [best(item.off)] : [])]
    return names.map((flag) => ({ ...common, name: bare(flag), required: false }))
  }
  const value = valueType(item)
  // `--point 1 2`: click accepts several values of one option only as separate words.
  if (typeof item.nargs === 'number' && item.nargs > 1 && name.startsWith('--'))
    return [{ ...common, name, value, multiple: true, required }]
  return [
    {
      ...common,
      name: bare(name),
      value,
      ...(item.optional === true ? { valueOptional: true } : {}),
      required,
    },
  ]
}

const best = (flags: unknown): string => {
  const all = itemsOf(flags).map(textOf)
  return all.find((flag) => flag.startsWith('--')) ?? all[0] ?? ''
}

const bare = (flag: string): string => flag.replace(/^--/, '')

const valueType = ({ choices, type }: JsonObject): ValueType => {
  const values = itemsOf(choices).map(textOf)
  if (values.length > 0) return { kind: 'enum', values }
  return /^(integer|float)( range)?$/.test(textOf(type)) ? { kind: 'number' } : { kind: 'string' }
}
