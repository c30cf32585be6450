import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** A build as written in a topology. */
export interface Build {
  readonly context: string
  readonly dockerfile?: string
}

/**
 * The folder of a built service's own code: the build context. Where the Dockerfile lies further in, as in a repository
 * of many services that are built from its root, it is the innermost folder on the way to it that has a project file.
 */
export const sourceFolder = ({ context, dockerfile }: Build): string => {
  const folder = dirname(resolve(context, dockerfile ?? 'Dockerfile'))
  const inside = relative(context, folder)
  if (inside.startsWith('..')) return context
  for (let at = folder; at !== context && at !== dirname(at); at = dirname(at))
    if (hasProject(at)) return at
  return context
}

// ---

const hasProject = (folder: string): boolean =>
  projectFiles.some((name) => existsSync(join(folder, name))) ||
  (existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.csproj')))

const projectFiles =
  `package.json deno.json deno.jsonc composer.json pyproject.toml setup.py setup.cfg requirements.txt
  Pipfile manage.py go.mod Gemfile pom.xml build.gradle build.gradle.kts Cargo.toml mix.exs`.split(
    /\s+/,
  )
