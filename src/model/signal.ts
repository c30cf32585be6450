/** Signals of Linux, which every service runs on; the host of a test may know others. */
const names = new Set(
  (
    'HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP ' +
    'TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS'
  )
    .split(' ')
    .map((name) => `SIG${name}`),
)

/** Whether a value is the name of a signal that a service can get. */
export const isSignal = (name: unknown): name is `SIG${string}` =>
  typeof name === 'string' && (names.has(name) || /^SIGRTM(IN|AX)([+-]\d+)?$/.test(name))
