import { literal, type Text, type Variable } from '../text/interpolation.ts'
import { type Code, call, expression, quoted, string } from './code.ts'
import { flat } from './print.ts'
import { type Scope, variableIn } from './scope.ts'

/** Returns the expression for a text: a literal, a variable, or a template with both. */
export const textCode = (text: Text, scope: Scope): Code => {
  const plain = literal(text)
  if (plain !== undefined) return string(plain)
  const [only, ...others] = text
  if (others.length === 0 && typeof only === 'object')
    return isRequired(only)
      ? requiredCode(only, scope)
      : expression(variableCode(only, scope), 'next-line')
  const parts = text.map((part) =>
    typeof part === 'string' ? inTemplate(part) : `\${${variableCode(part, scope)}}`,
  )
  return expression(`\`${parts.join('')}\``)
}

/** Returns the expression for a variable that stays unset if the environment lacks it. */
export const passedOn = (name: string, scope: Scope): Code => expression(variableIn(scope, name))

// ---

/** The equivalent of Compose's interpolation: `${NAME}`, `${NAME:-default}` and the like. */
const variableCode = ({ name, operator, word = [] }: Variable, scope: Scope): string => {
  const value = variableIn(scope, name)
  const other = () => textCode(word, scope)
  switch (operator) {
    case undefined:
      return `${value} ?? ''`
    case ':-':
      return `${value} || ${operand(other(), '||')}`
    case '-':
      return `${value} ?? ${operand(other(), '??')}`
    case ':+':
      return `${value} ? ${operand(other())} : ''`
    case '+':
      return `${value} === undefined ? '' : ${operand(other())}`
    default:
      return flat(requiredCode({ name, operator, word }, scope)) ?? ''
  }
}

const isRequired = ({ operator }: Variable) => operator === ':?' || operator === '?'

const requiredCode = ({ name, word = [] }: Variable, scope: Scope): Code => {
  // Registers the helpers that `required` reads the variable with.
  variableIn(scope, name)
  scope.helpers.add('required')
  const message = literal(word) ?? ''
  return call('required', string(name), ...(message === '' ? [] : [string(message)]))
}

/** Adds parentheses if operator precedence requires them. */
const operand = (code: Code, operator = ''): string => {
  const text = flat(code) ?? ''
  if (/^(['"`]|required\()/.test(text)) return text
  const own = / (\|\||\?\?|\?|===) /.exec(text)?.[1]
  return own === undefined || own === operator ? text : `(${text})`
}

const inTemplate = (text: string): string =>
  quoted(text)
    .slice(1, -1)
    .replace(/\\(['"])/g, '$1')
    .replaceAll('`', '\\`')
    .replaceAll('${', '\\${')
