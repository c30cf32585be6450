import type { Argument, Command, Option } from '../model/command.ts'
import type { ValueType } from '../model/value-type.ts'
import { docOf, itemsOf, type JsonObject, objectOf, textOf } from './json-value.ts'

/**
 * Python that writes a parser of argparse down. `walk(parser, words, help, dropped)` gives a list of commands,
 * one for every subparser; `dropped` are the names of options that belong to the framework.
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

/** A command as {@link argparseWalk} writes it down. */
export const argparseCommand = ({ name, help, actions }: JsonObject): Command => {
  const all = itemsOf(actions).map(objectOf)
  return {
    name: textOf(name),
    ...plainDoc(help),
    args: all.filter((action) => itemsOf(action.flags).length === 0).flatMap(positionals),
    options: all.filter((action) => itemsOf(action.flags).length > 0).flatMap(options),
  }
}

// ---

const positionals = (action: JsonObject): readonly Argument[] => {
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
  // argparse calls a positional required that takes any number of values.
  const variadic = nargs === '*' || nargs === '+' || nargs === '...' || nargs === 'A...'
  const required = nargs === '+' || nargs === 'A...' || nargs === null || nargs === undefined
  return [{ name, required, variadic, ...common }]
}

const options = (action: JsonObject): readonly Option[] => {
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
  // One option that takes several values keeps the last occurrence only, so it has to be written in one.
  if (several && first.startsWith('--') && !multiple)
    return [{ ...common, name: first, value, multiple: true }]
  return [{ ...common, name: bare(first), value, multiple: multiple || several }]
}

/** Long names go without their dashes, all others as they are. */
const bare = (flag: string): string => flag.replace(/^--/, '')

const valueType = ({ choices, type }: JsonObject): ValueType => {
  const values = itemsOf(choices).map(textOf)
  if (values.length > 0) return { kind: 'enum', values }
  return type === 'number' ? { kind: 'number' } : { kind: 'string' }
}

/** Without the places where argparse would write a default. */
const plainDoc = (text: unknown) =>
  docOf(
    textOf(text)
      .replaceAll(/\s*[([]?defaults?(?: is| to|:)? %\(default\)\w[)\]]?/gi, '')
      .replaceAll(/%\(\w+\)\w/g, '…')
      .replaceAll('%%', '%'),
  )
