import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** The `build` of a service, as declared in the topology. */
export interface Build {
  readonly context: string
  readonly dockerfile?: string
}

/**
 * Returns the folder of a built service's own code: the build context. If the Dockerfile is further down, as in a
 * monorepo built from its root, it is the innermost folder above the Dockerfile that has a project file.
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
