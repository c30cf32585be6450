/** Set by the shell, the container or a tool, and not meant to be configured. `NODE_ENV`, `TZ` and `CI` are configured. */
const systemNames =
  /^(PATH|HOME|PWD|OLDPWD|SHELL|SHLVL|USER|USERNAME|LOGNAME|TERM|COLORTERM|LANG|LANGUAGE|LC_\w+|TMPDIR|TEMP|TMP|EDITOR|VISUAL|DISPLAY|HOMEPATH|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|SystemRoot|WINDIR|ComSpec|COMSPEC|_|npm_\w+|INIT_CWD|VITEST\w*|JEST_WORKER_ID|MOCHA_\w+|PYTEST_\w+)$/

/** Describe how the image was built, rather than what its program reads. */
const imageNames =
  /(_VERSION|_MAJOR|_SHA256|_SHA512|_HOME)$|^(GPG_KEYS?|VIRTUAL_ENV|COREPACK_\w+|DEBIAN_FRONTEND|GOPATH|GOTOOLCHAIN|PHPIZE_DEPS|PHP_(INI_DIR|CFLAGS|CPPFLAGS|LDFLAGS|URL|ASC_URL)|PIP_\w+|POETRY_\w+|UV_\w+|COMPOSER_ALLOW_SUPERUSER|BUNDLE_\w+|GEM_HOME|NVM_DIR)$/

/** Returns whether the engine accepts the name: `FOO`, `npm_config_x`, `app.mode`. */
export const isEnvName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_.]*$/.test(name)

/** Returns whether a variable gets a type; stricter for variables that only a Dockerfile sets. */
export const isWorthNaming = (name: string, onlyOfImage: boolean): boolean =>
  isEnvName(name) && !systemNames.test(name) && !(onlyOfImage && imageNames.test(name))
