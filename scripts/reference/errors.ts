import ts from 'typescript-6'
import type { Doors } from '../doors.ts'
import { docOf } from './docstring.ts'

/** Every error code with its meaning and the remedies that the sources give for it. */
export const errorsPage = async ({
  program,
  checker,
  doors,
  exportsOf,
}: Doors): Promise<string> => {
  const door = doors.get('mesocosm')
  const names = door === undefined ? [] : exportsOf(door)
  const codes = names.find((symbol) => symbol.name === 'ErrorCodes')
  if (codes === undefined) throw new Error('mesocosm exports no ErrorCodes')
  const remedies = remediesIn(program)
  const rows = [...(codes.members?.values() ?? [])].map((code) => {
    const known = [...(remedies.get(code.name) ?? [])].sort()
    return [
      `### \`${code.name}\``,
      docOf(code, checker).text,
      ...(known.length === 0 ? [] : [known.map((remedy) => `- ${remedy}`).join('\n')]),
    ].join('\n\n')
  })
  return [
    '## Codes',
    'Below each code: what its errors recommend. `…` stands for what an error fills in.',
    ...rows,
  ].join('\n\n')
}

// ---

/** Remedies by code, from every object literal with `code` and `remedy`. */
const remediesIn = (program: ts.Program): ReadonlyMap<string, ReadonlySet<string>> => {
  const remedies = new Map<string, Set<string>>()
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const code = textsOf(valueIn(node, 'code'))
      const texts = textsOf(valueIn(node, 'remedy'))
      for (const name of code)
        for (const text of texts) remedies.set(name, (remedies.get(name) ?? new Set()).add(text))
    }
    ts.forEachChild(node, visit)
  }
  for (const source of program.getSourceFiles())
    if (!source.isDeclarationFile && !source.fileName.includes('/node_modules/')) visit(source)
  return remedies
}

const valueIn = (node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined =>
  node.properties.find(
    (property): property is ts.PropertyAssignment =>
      ts.isPropertyAssignment(property) && property.name.getText() === name,
  )?.initializer

/** All texts that an expression can have, with `…` for what is filled in. */
const textsOf = (node: ts.Expression | undefined): readonly string[] => {
  if (node === undefined) return []
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('')]
  if (ts.isConditionalExpression(node))
    return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)]
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression)
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return textsOf(node.body)
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken
  )
    return textsOf(node.right)
  return []
}
