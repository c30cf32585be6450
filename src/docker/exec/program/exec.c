/*
 * The program through which Mesocosm runs and kills programs in a running container, and by which the engine knows
 * whether a supervisor lives. Freestanding: it needs nothing of the image. `node scripts/exec-program.ts` compiles it into ../exec-program.ts.
 *
 *   run <mark> <program> <argument>...   Runs a program, reaps all its descendants, and ends with its exit code.
 *   feed <mark> <program> <argument>...  Does so with input, whose rest it reads when the program has ended.
 *   kill <mark>                          Kills the program that was run with this mark, and all its descendants.
 *   lease <seconds>                      Ends when its input was silent for so long.
 *
 * Why a program of our own: an orphan goes to process 1 of its container. If that is a server which watches its
 * children, such as PostgreSQL, a killed orphan looks like a crashed worker to it. `run` is a subreaper, so orphans
 * come to it instead, and process 1 never sees them.
 */

#include "../../program/freestanding.h"

#if defined(__x86_64__)
enum {
  sys_read = 0, sys_write = 1, sys_close = 3, sys_rt_sigaction = 13, sys_nanosleep = 35, sys_exit_group = 231,
  sys_wait4 = 61, sys_kill = 62, sys_prctl = 157, sys_execve = 59, sys_openat = 257, sys_getdents64 = 217,
  sys_clone = 56, sys_pipe2 = 293, sys_ppoll = 271
};
__asm__(".globl _start\n_start: xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call start\n hlt\n");
#elif defined(__aarch64__)
enum {
  sys_read = 63, sys_write = 64, sys_close = 57, sys_rt_sigaction = 134, sys_nanosleep = 101, sys_exit_group = 94,
  sys_wait4 = 260, sys_kill = 129, sys_prctl = 167, sys_execve = 221, sys_openat = 56, sys_getdents64 = 61,
  sys_clone = 220, sys_pipe2 = 59, sys_ppoll = 73
};
__asm__(".globl _start\n_start: mov x29,#0\n mov x0,sp\n bl start\n");
#endif

enum { at_fdcwd = -100, o_cloexec = 02000000, set_child_subreaper = 36, wait_no_hang = 1 };
enum { sig_hup = 1, sig_int = 2, sig_quit = 3, sig_kill = 9, sig_term = 15, sig_chld = 17, sig_cont = 18, sig_stop = 19 };
enum { enoent = 2, eintr = 4, enoexec = 8, eacces = 13, enotdir = 20 };

/* Exit codes of `kill`. */
enum { killed = 0, not_found = 3, not_killed = 4 };

static void quit(int code) {
  for (;;) call(sys_exit_group, code, 0, 0, 0, 0);
}

static word length(const char *text) {
  word count = 0;
  while (text[count]) count++;
  return count;
}

static int equal(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

/* --- run */

struct action { void *handler; unsigned long flags; void *restorer; unsigned long mask; };

static void handle(int signal, word handler) {
  struct action action = {(void *)handler, 0, 0, 0};
  call(sys_rt_sigaction, signal, (word)&action, 0, sizeof action.mask, 0);
}

/* Keys typed at a terminal go to its whole process group; this process must outlive the program. */
static void handle_typed(word handler) {
  handle(sig_hup, handler);
  handle(sig_int, handler);
  handle(sig_quit, handler);
  handle(sig_term, handler);
}

static const char *variable(char **env, const char *name) {
  word size = length(name);
  for (; *env; env++) {
    word at = 0;
    while (at < size && (*env)[at] == name[at]) at++;
    if (at == size && (*env)[at] == '=') return *env + size + 1;
  }
  return 0;
}

/* Becomes the program; returns the error number if that fails. */
static int become(char **argv, char **env) {
  static char path[8192];
  const char *name = argv[0];
  for (const char *at = name; *at; at++)
    if (*at == '/') return (int)-call(sys_execve, (word)name, (word)argv, (word)env, 0, 0);
  const char *folders = variable(env, "PATH");
  if (!folders) folders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  int error = enoent;
  while (*name) {
    word size = 0;
    while (folders[size] && folders[size] != ':') size++;
    if (size + length(name) + 3 < (word)sizeof path) {
      word end = 0;
      for (word at = 0; at < size; at++) path[end++] = folders[at];
      if (size == 0) path[end++] = '.';
      path[end++] = '/';
      for (const char *at = name; *at; at++) path[end++] = *at;
      path[end] = 0;
      int failed = (int)-call(sys_execve, (word)path, (word)argv, (word)env, 0, 0);
      if (failed == eacces) error = eacces;
      else if (failed != enoent && failed != enotdir) return failed;
    }
    if (!folders[size]) break;
    folders += size + 1;
  }
  return error;
}

static void say(const char *text) { call(sys_write, 2, (word)text, length(text), 0, 0); }

/* The words are those of the engine's own refusals. */
static void refuse(const char *name, int error) {
  say("unable to start container process: exec: \"");
  say(name);
  say(error == eacces ? "\": permission denied\n"
      : error == enoexec ? "\": exec format error\n"
                         : "\": executable file not found in $PATH\n");
  quit(error == eacces || error == enoexec ? 126 : 127);
}

enum { poll_in = 1, silent_seconds = 5 };

/* Waits for input; returns 0 after a silence. */
static word await_input(int seconds) {
  for (;;) {
    struct { int file; short wanted, found; } input = {0, poll_in, 0};
    word time[2] = {seconds, 0};
    word ready = call(sys_ppoll, (word)&input, 1, (word)time, 0, 0);
    if (ready != -eintr) return ready > 0;
  }
}

/* Podman closes the connection on input that nothing reads, and output that is still on its way gets lost. */
static void read_rest(void) {
  static char rest[1 << 16];
  while (await_input(silent_seconds) && call(sys_read, 0, (word)rest, sizeof rest, 0, 0) > 0) {}
}

static void run(char **argv, char **env, int has_input) {
  int pipe[2], error = 0, status = 0;
  call(sys_prctl, set_child_subreaper, 1, 0, 0, 0);
  handle_typed(1);
  call(sys_pipe2, (word)pipe, o_cloexec, 0, 0, 0);
  word program = call(sys_clone, sig_chld, 0, 0, 0, 0);
  if (program < 0) {
    say("mesocosm: no process could be made\n");
    quit(126);
  }
  if (program == 0) {
    handle_typed(0);
    error = become(argv, env);
    call(sys_write, pipe[1], (word)&error, sizeof error, 0, 0);
    quit(127);
  }
  call(sys_close, pipe[1], 0, 0, 0, 0);
  word count;
  do count = call(sys_read, pipe[0], (word)&error, sizeof error, 0, 0);
  while (count == -eintr);
  if (count == sizeof error) refuse(argv[0], error);
  call(sys_close, pipe[0], 0, 0, 0, 0);
  /* The streams belong to the program alone: a reader learns when it closes them. */
  for (int file = has_input ? 1 : 0; file < 3; file++) call(sys_close, file, 0, 0, 0, 0);
  for (;;) {
    word ended = call(sys_wait4, -1, (word)&status, 0, 0, 0);
    if (ended == program) break;
    if (ended < 0 && ended != -eintr) quit(125);
  }
  /* `kill` has made zombies of all others before it lets this process go on. */
  while (call(sys_wait4, -1, 0, wait_no_hang, 0, 0) > 0) {}
  if (has_input && (status & 127) != sig_kill) read_rest();
  quit((status & 127) ? 128 + (status & 127) : (status >> 8) & 255);
}

/* --- kill */

enum { most = 1 << 16 };
static struct { int pid, parent; char state, ours; } table[most];
static int count;

/* Reads the start of /proc/<pid>/<file>; returns its length. */
static word read_of(const char *pid, const char *file, char *into, word size) {
  char path[64] = "/proc/";
  word end = 6;
  while (*pid && end < 32) path[end++] = *pid++;
  path[end++] = '/';
  while (*file) path[end++] = *file++;
  path[end] = 0;
  word handle = call(sys_openat, at_fdcwd, (word)path, o_cloexec, 0, 0);
  if (handle < 0) return 0;
  word got = call(sys_read, handle, (word)into, size - 1, 0, 0);
  call(sys_close, handle, 0, 0, 0, 0);
  if (got < 0) got = 0;
  into[got] = 0;
  return got;
}

static int number(const char *text) {
  int value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + *text++ - '0';
  return value;
}

/* Whether these are the arguments of `run` or `feed` with this mark. */
static int is_run(const char *line, word size, const char *mark) {
  const char *end = line + size, *at = line + length(line) + 1;
  if (at >= end || !(equal(at, "run") || equal(at, "feed"))) return 0;
  at += length(at) + 1;
  return at < end && equal(at, mark);
}

/* Lists all processes; `ours` is set for those with the mark, if there is one. */
static void list(const char *mark) {
  static char entries[1 << 15], text[4096];
  count = 0;
  word folder = call(sys_openat, at_fdcwd, (word)"/proc", o_cloexec, 0, 0);
  for (;;) {
    word size = call(sys_getdents64, folder, (word)entries, sizeof entries, 0, 0);
    if (size <= 0) break;
    for (word at = 0; at < size; at += *(unsigned short *)(entries + at + 16)) {
      const char *name = entries + at + 19;
      if (*name < '1' || *name > '9' || count == most) continue;
      word got = read_of(name, "stat", text, sizeof text);
      /* The second field, the program's name in brackets, may contain brackets. */
      while (got > 0 && text[got - 1] != ')') got--;
      if (got == 0) continue;
      table[count].pid = number(name);
      table[count].state = text[got + 1];
      table[count].parent = number(text + got + 3);
      table[count].ours = mark && is_run(text, read_of(name, "cmdline", text, sizeof text), mark);
      count++;
    }
  }
  call(sys_close, folder, 0, 0, 0, 0);
}

static int index_of(int pid) {
  for (int at = 0; at < count; at++)
    if (table[at].pid == pid) return at;
  return -1;
}

/* Returns the process that runs the program; just before that begins, the new process has the mark, too. */
static int root_of(const char *mark) {
  list(mark);
  for (int at = 0; at < count; at++) {
    if (!table[at].ours || table[at].state == 'Z') continue;
    int parent = index_of(table[at].parent);
    if (parent < 0 || !table[parent].ours) return table[at].pid;
  }
  return 0;
}

/* Kills all descendants of a process; returns how many of them were still running. */
static int kill_below(int root) {
  int running = 0, changed = 1;
  list(0);
  while (changed) {
    changed = 0;
    for (int at = 0; at < count; at++) {
      if (table[at].ours) continue;
      int parent = index_of(table[at].parent);
      if (table[at].parent == root || (parent >= 0 && table[parent].ours)) table[at].ours = changed = 1;
    }
  }
  for (int at = 0; at < count; at++) {
    if (!table[at].ours || table[at].state == 'Z' || table[at].state == 'X') continue;
    running++;
    call(sys_kill, table[at].pid, sig_kill, 0, 0, 0);
  }
  return running;
}

static void pause_ms(word ms) {
  word time[2] = {0, ms * 1000000};
  call(sys_nanosleep, (word)time, 0, 0, 0, 0);
}

static void kill_run(const char *mark) {
  int root = root_of(mark), left = 1, tries;
  if (root == 0) quit(not_found);
  /* It must not end before all are dead: whom it has not reaped by then would go to process 1. */
  if (call(sys_kill, root, sig_stop, 0, 0, 0) < 0) quit(not_killed);
  for (tries = 0; left > 0 && tries < 5000; tries++) {
    if (tries > 0) pause_ms(1);
    left = kill_below(root);
  }
  call(sys_kill, root, sig_cont, 0, 0, 0);
  if (left > 0) quit(not_killed);
  for (tries = 0; root_of(mark) != 0 && tries < 5000; tries++) pause_ms(1);
  quit(killed);
}

/* --- lease */

enum { lapsed = 75 };

static void lease(int seconds) {
  char beats[64];
  while (await_input(seconds) && call(sys_read, 0, (word)beats, sizeof beats, 0, 0) > 0) {}
  quit(lapsed);
}

__attribute__((used)) void start(word *stack) {
  word argc = stack[0];
  char **argv = (char **)(stack + 1), **env = argv + argc + 1;
  if (argc > 3 && equal(argv[1], "run")) run(argv + 3, env, 0);
  if (argc > 3 && equal(argv[1], "feed")) run(argv + 3, env, 1);
  if (argc == 3 && equal(argv[1], "kill")) kill_run(argv[2]);
  if (argc == 3 && equal(argv[1], "lease")) lease(number(argv[2]));
  quit(2);
}
