import type { SourceFile } from '../../model/source-file.ts'
import type { Reading } from '../reading.ts'
import { php } from './lexicons.ts'
import {
  literalsIn,
  type Rule,
  readByRules,
  type UseDetails,
  unlessAssigned,
  usedOr,
} from './rules.ts'
import { envExpression, placeholdersIn } from './symfony.ts'

/** Reads `getenv`, `$_ENV`, `$_SERVER`, Laravel's `env()`, Symfony's `%env()%` and `#[Autowire(env: …)]`. */
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
  { before: /(?<![\w>:$])(?<!function )getenv\(/g, details: usedOr(orElse) },
  { before: /\$_ENV\[/g, details: unlessAssigned('\\]', orElse) },
  { before: /\$_SERVER\[(?=\s*["'])/g, details: (rest, name) => ofServer(rest, name) },
  {
    before: /(?<![\w>:$])(?<!function )env\(|\bEnv::(?:get|getOrFail)\(/g,
    details: usedOr(/^\s*,|^\s*\)\s*(?:\?\?|\?:)/),
  },
]

const ofServer = (rest: string, name: string): UseDetails | undefined =>
  /^[A-Z][A-Z0-9_]*$/.test(name) && !requestNames.test(name)
    ? unlessAssigned('\\]', orElse)(rest)
    : undefined

/** Set by the web server for every request. */
const requestNames =
  /^(HTTP|REQUEST|SERVER|REMOTE|SCRIPT|PHP_AUTH|REDIRECT|ORIG|SSL|CONTENT|PATH|DOCUMENT|FCGI|CONTEXT)_|^(PHP_SELF|QUERY_STRING|HTTPS|GATEWAY_INTERFACE|AUTH_TYPE|UNIQUE_ID|USER)$/
