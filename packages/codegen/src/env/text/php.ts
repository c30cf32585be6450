import type { SourceFile } from '../../model/source-file.ts'
import type { Reading } from '../reading.ts'
import { php } from './lexicons.ts'
import { literalsIn, type Rule, readByRules, type Said, unlessAssigned, usedOr } from './rules.ts'
import { envExpression, placeholdersIn } from './symfony.ts'

/** `getenv`, `$_ENV`, `$_SERVER`, Laravel's `env()`, Symfony's `%env()%` and `#[Autowire(env: …)]`. */
export const readPhp = (file: SourceFile): Reading =>
  readByRules(
    file,
    php,
    () => rules,
    (masked) => [
      ...literalsIn(masked).flatMap(placeholdersIn),
      ...[...masked.code.matchAll(/\bAutowire\(\s*env:\s*["'](\0+)["']/g)].flatMap((match) => {
        const end = match.index + match[0].length - 1
        return envExpression(masked.text.slice(end - (match[1]?.length ?? 0), end))
      }),
    ],
  )

const orElse = /^\s*[\])]\s*\)?\s*(?:\?\?|\?:)/

const rules: readonly Rule[] = [
  { before: /(?<![\w>:$])(?<!function )getenv\(/g, said: usedOr(orElse) },
  { before: /\$_ENV\[/g, said: unlessAssigned('\\]', orElse) },
  { before: /\$_SERVER\[(?=\s*["'])/g, said: (rest, name) => ofServer(rest, name) },
  {
    before: /(?<![\w>:$])(?<!function )env\(|\bEnv::(?:get|getOrFail)\(/g,
    said: usedOr(/^\s*,|^\s*\)\s*(?:\?\?|\?:)/),
  },
]

const ofServer = (rest: string, name: string): Said | undefined =>
  /^[A-Z][A-Z0-9_]*$/.test(name) && !ofTheRequest.test(name)
    ? unlessAssigned('\\]', orElse)(rest)
    : undefined

/** Put there by the web server for every request. */
const ofTheRequest =
  /^(HTTP|REQUEST|SERVER|REMOTE|SCRIPT|PHP_AUTH|REDIRECT|ORIG|SSL|CONTENT|PATH|DOCUMENT|FCGI|CONTEXT)_|^(PHP_SELF|QUERY_STRING|HTTPS|GATEWAY_INTERFACE|AUTH_TYPE|UNIQUE_ID|USER)$/
