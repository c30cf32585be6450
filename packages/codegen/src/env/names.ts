/** Set by the shell, the container or a tool that runs the program, and configured by nobody. `NODE_ENV`, `TZ` and `CI` are configured. */
const ofTheSystem =
  /^(PATH|HOME|PWD|OLDPWD|SHELL|SHLVL|USER|USERNAME|LOGNAME|TERM|COLORTERM|LANG|LANGUAGE|LC_\w+|TMPDIR|TEMP|TMP|EDITOR|VISUAL|DISPLAY|HOMEPATH|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|SystemRoot|WINDIR|ComSpec|COMSPEC|_|npm_\w+|INIT_CWD|VITEST\w*|JEST_WORKER_ID|MOCHA_\w+|PYTEST_\w+)$/

/** How an image was made rather than what its program reads. */
const ofTheImage =
  /(_VERSION|_MAJOR|_SHA256|_SHA512|_HOME)$|^(GPG_KEYS?|VIRTUAL_ENV|COREPACK_\w+|DEBIAN_FRONTEND|GOPATH|GOTOOLCHAIN|PHPIZE_DEPS|PHP_(INI_DIR|CFLAGS|CPPFLAGS|LDFLAGS|URL|ASC_URL)|PIP_\w+|POETRY_\w+|UV_\w+|COMPOSER_ALLOW_SUPERUSER|BUNDLE_\w+|GEM_HOME|NVM_DIR)$/

/** A name that the engine takes: `FOO`, `npm_config_x`, `app.mode`; not a path, not a sentence. */
export const isEnvName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_.]*$/.test(name)

/** Whether the variable is worth a type; one that only the Dockerfile names is worth less. */
export const isWorthNaming = (name: string, onlyOfImage: boolean): boolean =>
  isEnvName(name) && !ofTheSystem.test(name) && !(onlyOfImage && ofTheImage.test(name))
