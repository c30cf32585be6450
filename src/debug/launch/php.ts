import {
  type DebugLaunch,
  envOf,
  type LaunchFacts,
  startFolder,
  withEnv,
  withWords,
} from './program.ts'

/**
 * Lets Xdebug connect at each request. Processes of PHP-FPM may lose their environment, so the settings are also in a
 * file of its own that PHP reads in addition to the image's. Xdebug must be in the image and loaded.
 */
export const launchPhp = (facts: LaunchFacts): DebugLaunch => {
  const { folder = startFolder, port } = facts
  const scan = `${folder}/php`
  const modes = (envOf(facts, 'XDEBUG_MODE') ?? '')
    .split(',')
    .filter((mode) => mode !== '' && mode !== 'off' && mode !== 'debug')
  const mode = [...modes, 'debug'].join(',')
  return withEnv(
    facts,
    {
      XDEBUG_MODE: mode,
      XDEBUG_CONFIG: withWords(
        envOf(facts, 'XDEBUG_CONFIG'),
        'client_host=127.0.0.1',
        `client_port=${port}`,
      ),
      XDEBUG_SESSION: '1',
      // An empty part is the folder that PHP was built with.
      PHP_INI_SCAN_DIR: `${envOf(facts, 'PHP_INI_SCAN_DIR') ?? ''}:${scan}`,
    },
    [{ content: settings(mode, port), to: `${scan}/zz-mesocosm-debug.ini` }],
  )
}

// ---

const settings = (mode: string, port: number): string =>
  [
    `xdebug.mode = ${mode}`,
    'xdebug.start_with_request = yes',
    'xdebug.discover_client_host = 0',
    'xdebug.client_host = 127.0.0.1',
    `xdebug.client_port = ${port}`,
    '',
  ].join('\n')
