/** Composes the message of an error: summary and code, details, log lines, remedy. */
export const composeMessage = (parts: {
  readonly message: string
  readonly code: string
  readonly remedy?: string
  readonly details?: readonly string[]
  readonly lastLogs?: readonly string[]
}): string =>
  [
    `${parts.message} [${parts.code}]`,
    ...(parts.details ?? []).map((line) => `  - ${line}`),
    ...(parts.lastLogs?.length
      ? ['  last log lines:', ...parts.lastLogs.map((line) => `    | ${line}`)]
      : []),
    ...(parts.remedy ? [`  remedy: ${parts.remedy}`] : []),
  ].join('\n')
