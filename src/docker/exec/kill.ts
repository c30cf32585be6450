import { messageOf } from '../../errors/unknown-error.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'

/** Environment variable by which a program and all its descendants can be found. */
export const execMark = 'MESOCOSM_EXEC'

/**
 * Kills all processes of an exec, which the engine cannot: a second exec searches the environment of every process
 * for the mark. Needs a shell in the image, and only its built-ins.
 *
 * @returns why it failed; `undefined` when no process of the exec is left.
 */
export const killExec = async (
  api: EngineApi,
  container: string,
  mark: string,
): Promise<string | undefined> => {
  try {
    const { Id: id } = await api.json<{ Id: string }>(
      'POST',
      `/containers/${segment(container)}/exec`,
      {
        body: {
          Cmd: ['/bin/sh', '-c', script, 'sh', `${execMark}=${mark}`],
          User: '0',
          AttachStdout: true,
        },
      },
    )
    const stream = await api.hijack(`/exec/${id}/start`, { body: { Detach: false, Tty: false } })
    for await (const _ of stream);
    const { ExitCode: exitCode } = await api.json<{ ExitCode: number | null }>(
      'GET',
      `/exec/${id}/json`,
    )
    return exitCode === 0 ? undefined : 'the image has no shell to find it with'
  } catch (error) {
    return messageOf(error)
  }
}

// Several passes, because a process may fork during one.
const script = `
passes=0
while [ $passes -lt 50 ]; do
  passes=$((passes + 1)) found=
  for dir in /proc/[0-9]*; do
    while read -r line || [ -n "$line" ]; do
      case $line in *"$1"*) kill -9 "\${dir#/proc/}" && found=1; break ;; esac
      line=
    done <"$dir/environ"
  done 2>/dev/null
  [ -z "$found" ] && exit 0
done
exit 1
`
