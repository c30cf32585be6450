import type { Path } from '../../graph/references.ts'
import { templateParts, templates } from '../../graph/references.ts'
import { argumentFault, envValueFault } from '../../model/program-text.ts'
import { isSecretPart, type Template } from '../../model/template.ts'
import { type Fault, faultAt } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Linux must accept what a program is started with: no NUL, no text that is too long. */
export const programTexts: Rule = ({ spec }) =>
  Object.entries(spec.services).flatMap(([name, service]) => {
    const argv = (['command', 'entrypoint'] as const).flatMap((key) =>
      (service[key] ?? []).flatMap((text, index) =>
        faultsOf(name, [key, index], argumentFault(text)),
      ),
    )
    return [
      ...argv,
      ...templates(service).flatMap(({ at, template }) =>
        faultsOf(name, at, templateFault(at, knownText(template))),
      ),
    ]
  })

// ---

const faultsOf = (name: string, at: Path, text: string | undefined): Fault[] =>
  text === undefined ? [] : [faultAt(name, at, text)]

/** Only what is known before the start; references are resolved later. */
const knownText = (template: Template): string =>
  templateParts(template)
    .map((part) =>
      typeof part !== 'object' ? String(part) : isSecretPart(part) ? part.secret : '',
    )
    .join('')

/** What a program reads from stdin may contain anything. */
const templateFault = (at: Path, text: string): string | undefined => {
  const key = at.at(-1)
  if (at.at(-2) === 'env' || at[0] === 'env') return envValueFault(String(key), text)
  return at.includes('argv') || at[0] === 'outputs' ? argumentFault(text) : undefined
}
