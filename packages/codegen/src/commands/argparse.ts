import type { CommandArgument, CommandOption, ServiceCommand } from '../model/command.ts'
import type { ValueType } from '../model/value-type.ts'
import { docOf, itemsOf, type JsonObject, objectOf, textOf } from './json-value.ts'

/**
 * Python code that describes an argparse parser. `walk(parser, words, help, dropped)` returns one command per
 * subparser; `dropped` has the names of the options that belong to the framework.
 */
export const argparseWalk = `
import argparse
def _type(action):
    if isinstance(action, argparse.BooleanOptionalAction): return None
    return {int: 'number', float: 'number', complex: 'number'}.get(action.type, 'string')
def _action(action):
    try: choices = None if action.choices is None else [str(c) for c in action.choices]
    except TypeError: choices = None
    if action.type is None and choices is None: kind = 'string'
    else: kind = _type(action)
    return {
        'name': action.dest, 'metavar': action.metavar if isinstance(action.metavar, str) else None,
        'flags': list(action.option_strings), 'nargs': action.nargs, 'choices': choices, 'type': kind,
        'required': bool(action.required), 'help': action.help if isinstance(action.help, str) else '',
        'repeats': isinstance(action, (argparse._AppendAction, argparse._ExtendAction, argparse._AppendConstAction, argparse._CountAction)),
        'negatable': isinstance(action, argparse.BooleanOptionalAction),
    }
def walk(parser, words, help, dropped):
    subs = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    shown = [a for a in parser._actions if a not in subs and a.dest not in dropped
             and a.help != argparse.SUPPRESS and not isinstance(a, (argparse._HelpAction, argparse._VersionAction))]
    found = []
    if not any(s.required for s in subs):
        found.append({'name': ' '.join(words), 'help': str(help or ''), 'actions': [_action(a) for a in shown]})
    for sub in subs:
        seen = set()
        for name, child in sub.choices.items():
            if id(child) in seen: continue
            seen.add(id(child))
            doc = next((c.help for c in sub._choices_actions if c.dest == name), None)
            found += walk(child, words + [name], doc or child.description, dropped)
    return found
`

/** Converts a command that {@link argparseWalk} printed. */
export const argparseCommand = ({ name, help, actions }: JsonObject): ServiceCommand => {
  const all = itemsOf(actions).map(objectOf)
  return {
    name: textOf(name),
    ...plainDoc(help),
    args: all.filter((action) => itemsOf(action.flags).length === 0).flatMap(positionals),
    options: all.filter((action) => itemsOf(action.flags).length > 0).flatMap(options),
  }
}

// ---

const positionals = (action: JsonObject): readonly CommandArgument[] => {
  const { nargs } = action
  const common = { type: valueType(action), ...plainDoc(action.help) }
  const name = textOf(action.metavar) || textOf(action.name)
  if (typeof nargs === 'number')
    return Array.from({ length: nargs }, (_, index) => ({
      name: nargs === 1 ? name : `${name}-${index + 1}`,
      required: true,
      variadic: false,
      ...common,
    }))
  // argparse reports `*` as required, although it accepts no value at all.
  const variadic = nargs === '*' || nargs === '+' || nargs === '...' || nargs === 'A...'
  const required = nargs === '+' || nargs === 'A...' || nargs === null || nargs === undefined
  return [{ name, required, variadic, ...common }]
}

const options = (action: JsonObject): readonly CommandOption[] => {
  const { nargs } = action
  const flags = itemsOf(action.flags).map(textOf)
  const first = flags.find((flag) => flag.startsWith('--')) ?? flags[0] ?? ''
  const common = { required: action.required === true, ...plainDoc(action.help) }
  const multiple = action.repeats === true
  if (action.negatable === true)
    return flags
      .filter((flag) => flag === first || flag === first.replace(/^--/, '--no-'))
      .map((flag) => ({ ...common, name: bare(flag), multiple: false, required: false }))
  if (nargs === 0) return [{ ...common, name: bare(first), multiple }]
  const value = valueType(action)
  if (nargs === '?') return [{ ...common, name: bare(first), value, valueOptional: true, multiple }]
  const several = nargs !== null && nargs !== undefined && nargs !== 1
  // argparse keeps only the last occurrence, so all values go into one: `--tag a b`.
  if (several && first.startsWith('--') && !multiple)
    return [{ ...common, name: first, value, multiple: true }]
  return [{ ...common, name: bare(first), value, multiple: multiple || several }]
}

/** Removes the dashes of long names; short names keep theirs. */
const bare = (flag: string): string => flag.replace(/^--/, '')

const valueType = ({ choices, type }: JsonObject): ValueType => {
  const values = itemsOf(choices).map(textOf)
  if (values.length > 0) return { kind: 'enum', values }
  return type === 'number' ? { kind: 'number' } : { kind: 'string' }
}

/** Removes the placeholders that argparse replaces with defaults. */
const plainDoc = (text: unknown) =>
  docOf(
    textOf(text)
      .replaceAll(/\s*[([]?defaults?(?: is| to|:)? %\(default\)\w[)\]]?/gi, '')
      .replaceAll(/%\(\w+\)\w/g, '…')
      .replaceAll('%%', '%'),
  )
