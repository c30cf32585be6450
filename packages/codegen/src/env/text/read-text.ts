import type { SourceFile } from '../../model/source-file.ts'
import { nothing, type Reading } from '../reading.ts'
import { readGo } from './go.ts'
import { readJvm, readSpringConfig } from './jvm.ts'
import { readPhp } from './php.ts'
import { readPrisma } from './prisma.ts'
import { readPython } from './python.ts'
import { readRuby } from './ruby.ts'
import { readSymfonyConfig } from './symfony.ts'

/** Reads a file of a language without a parser here, chosen by extension. A quick pattern skips most files. */
export const readText = (file: SourceFile): Reading =>
  readers.find(({ path, mark }) => path.test(file.path) && mark.test(file.text))?.read(file) ??
  nothing

const readers: readonly {
  readonly path: RegExp
  readonly mark: RegExp
  readonly read: (file: SourceFile) => Reading
}[] = [
  { path: /\.blade\.php$/, mark: /(?!)/, read: () => nothing },
  { path: /\.php$/, mark: /env|_ENV|_SERVER/, read: readPhp },
  { path: /\.py$/, mark: /environ|getenv|decouple|BaseSettings/, read: readPython },
  { path: /\.go$/, mark: /Getenv|LookupEnv|\benv(config)?:"/, read: readGo },
  { path: /\.(rb|ru|rake)$|(^|\/)(Rakefile|Gemfile)$/, mark: /\bENV\b/, read: readRuby },
  { path: /\.(java|kts?|scala)$/, mark: /getenv|sys\.env|@Value/, read: readJvm },
  {
    path: /(^|\/)(application|bootstrap)[^/]*\.(ya?ml|properties)$/,
    mark: /\$\{/,
    read: readSpringConfig,
  },
  { path: /\.prisma$/, mark: /env\(/, read: readPrisma },
  { path: /\.(ya?ml|xml)$/, mark: /env\(/, read: readSymfonyConfig },
]
