/*
 * The relay: a program in a container of the lane's network that carries TCP connections over its own stdin and
 * stdout. Freestanding: it needs nothing of an image. `node scripts/relay-program.ts` compiles it into
 * ../relay-binary.ts. The other end, and the description of the frames, is src/relay.
 *
 * It does nothing that it was not told to: it listens on the ports, and connects to the addresses, that frames name,
 * and ends when its input ends, when its input was silent for too long, or when a frame is malformed.
 */

#include "../../program/freestanding.h"

typedef unsigned char byte;
typedef unsigned int id32;

#if defined(__x86_64__)
enum {
  sys_read = 0, sys_write = 1, sys_close = 3, sys_rt_sigaction = 13, sys_exit_group = 231, sys_ppoll = 271,
  sys_socket = 41, sys_connect = 42, sys_accept4 = 288, sys_shutdown = 48, sys_bind = 49, sys_listen = 50,
  sys_setsockopt = 54, sys_getsockopt = 55, sys_clock_gettime = 228
};
__asm__(".globl _start\n_start: xor %ebp,%ebp\n and $-16,%rsp\n call start\n hlt\n");
#elif defined(__aarch64__)
enum {
  sys_read = 63, sys_write = 64, sys_close = 57, sys_rt_sigaction = 134, sys_exit_group = 94, sys_ppoll = 73,
  sys_socket = 198, sys_connect = 203, sys_accept4 = 242, sys_shutdown = 210, sys_bind = 200, sys_listen = 201,
  sys_setsockopt = 208, sys_getsockopt = 209, sys_clock_gettime = 113
};
__asm__(".globl _start\n_start: mov x29,#0\n bl start\n");
#endif

enum { eintr = 4, eagain = 11, einprogress = 115 };
enum { af_inet = 2, sock_stream = 1, nonblock_cloexec = 02004000, shut_write = 1 };
enum { sol_socket = 1, so_reuseaddr = 2, so_error = 4, so_linger = 13, ipproto_tcp = 6, tcp_nodelay = 1 };
enum { poll_in = 1, poll_out = 4, poll_err = 8, poll_hup = 16 };

/* Kinds of frames. */
enum {
  f_listen = 1, f_unlisten = 2, f_connect = 3, f_ready = 4, f_failed = 5, f_open = 6, f_data = 7, f_window = 8,
  f_end = 9, f_reset = 10, f_beat = 11
};

/* Exit codes. */
enum { done = 0, malformed = 3, lapsed = 75 };

enum {
  header = 9, most_payload = 16384, window = 65536, most_connections = 960, most_listeners = 16,
  silence_seconds = 60
};

/* Without this the compiler may call a memcpy that does not exist. */
void *memcpy(void *to, const void *from, unsigned long count) {
  word *a = to;
  const word *b = from;
  for (; count >= sizeof(word); count -= sizeof(word)) { *a++ = *b++; __asm__ volatile("" ::: "memory"); }
  byte *c = (byte *)a;
  const byte *d = (const byte *)b;
  for (; count > 0; count--) { *c++ = *d++; __asm__ volatile("" ::: "memory"); }
  return to;
}

static void reset_all(void);

static void quit(int code) {
  reset_all();
  for (;;) call(sys_exit_group, code, 0, 0, 0, 0);
}

/* --- frames to the other end */

static byte out[1 << 17];
static word filled;

static void flush(void) {
  word at = 0;
  while (at < filled) {
    word count = call(sys_write, 1, (word)(out + at), filled - at, 0, 0);
    if (count == -eintr) continue;
    if (count <= 0) quit(done);
    at += count;
  }
  filled = 0;
}

static void put32(byte *to, id32 value) {
  to[0] = value >> 24, to[1] = value >> 16, to[2] = value >> 8, to[3] = value;
}

static id32 get32(const byte *from) {
  return (id32)from[0] << 24 | (id32)from[1] << 16 | (id32)from[2] << 8 | from[3];
}

/* Returns where the payload goes; flushes what is older if there is no room. */
static byte *frame(byte kind, id32 id, id32 size) {
  if (filled + header + (word)size > (word)sizeof out) flush();
  byte *at = out + filled;
  at[0] = kind;
  put32(at + 1, id);
  put32(at + 5, size);
  filled += header + size;
  return at + header;
}

static void frame32(byte kind, id32 id, id32 value) { put32(frame(kind, id, 4), value); }

/* --- listeners and connections */

struct address { unsigned short family, port; byte ip[4]; byte rest[8]; };

static struct { id32 id; int file, used; } listeners[most_listeners];

static struct connection {
  id32 id;
  int file, used, connecting;
  /* The other end has ended its direction; the socket was told so; the socket has ended its own. */
  int ending, ended, over;
  /* How much the other end takes; what the socket took and the other end does not know of yet. */
  word credit, taken;
  word first, length;
  byte ring[window];
} connections[most_connections];

/* No descriptor was left at the last accept; cleared when one is closed. */
static int full;
static word highest;

static int index_of(id32 id) {
  for (int at = 0; at < highest; at++)
    if (connections[at].used && connections[at].id == id) return at;
  return -1;
}

static int free_slot(void) {
  for (int at = 0; at < most_connections; at++)
    if (!connections[at].used) return at;
  return -1;
}

static struct connection *use(int slot, id32 id, int file) {
  struct connection *it = &connections[slot];
  it->id = id, it->file = file, it->used = 1, it->connecting = it->ending = it->ended = it->over = 0;
  it->credit = window, it->taken = it->first = it->length = 0;
  if (slot >= highest) highest = slot + 1;
  int yes = 1;
  call(sys_setsockopt, file, ipproto_tcp, tcp_nodelay, (word)&yes, sizeof yes);
  return it;
}

static void release(struct connection *it) {
  call(sys_close, it->file, 0, 0, 0, 0);
  it->used = 0;
  full = 0;
  while (highest > 0 && !connections[highest - 1].used) highest--;
}

/* Closes so that the peer gets a reset, too: the end of the data would look complete. */
static void drop(struct connection *it) {
  int linger[2] = {1, 0};
  call(sys_setsockopt, it->file, sol_socket, so_linger, (word)linger, sizeof linger);
  release(it);
}

static void reset_all(void) {
  for (word at = highest - 1; at >= 0; at--)
    if (connections[at].used) drop(&connections[at]);
}

static void fail(struct connection *it) {
  frame(f_reset, it->id, 0);
  drop(it);
}

static void settle(struct connection *it) {
  if (it->ending && !it->ended && it->length == 0 && !it->connecting) {
    it->ended = 1;
    call(sys_shutdown, it->file, shut_write, 0, 0, 0);
  }
  if (it->ended && it->over) release(it);
}

static int new_socket(void) { return (int)call(sys_socket, af_inet, sock_stream | nonblock_cloexec, 0, 0, 0); }

static void start_listening(id32 id, const byte *payload) {
  struct address address = {af_inet, (unsigned short)(payload[0] | payload[1] << 8), {0}, {0}};
  int slot = 0, yes = 1;
  while (slot < most_listeners && listeners[slot].used) slot++;
  if (slot == most_listeners) return frame32(f_failed, id, 24);
  word file = new_socket();
  if (file < 0) return frame32(f_failed, id, (id32)-file);
  call(sys_setsockopt, file, sol_socket, so_reuseaddr, (word)&yes, sizeof yes);
  word error = call(sys_bind, file, (word)&address, sizeof address, 0, 0);
  if (error == 0) error = call(sys_listen, file, 511, 0, 0, 0);
  if (error < 0) {
    call(sys_close, file, 0, 0, 0, 0);
    return frame32(f_failed, id, (id32)-error);
  }
  listeners[slot].id = id, listeners[slot].file = (int)file, listeners[slot].used = 1;
  frame(f_ready, id, 0);
}

static void stop_listening(id32 id) {
  for (int slot = 0; slot < most_listeners; slot++)
    if (listeners[slot].used && listeners[slot].id == id) {
      call(sys_close, listeners[slot].file, 0, 0, 0, 0);
      listeners[slot].used = 0;
    }
}

static void start_connecting(id32 id, const byte *payload) {
  struct address address = {af_inet, (unsigned short)(payload[4] | payload[5] << 8), {0}, {0}};
  memcpy(address.ip, payload, 4);
  int slot = free_slot();
  word file = slot < 0 ? -24 : new_socket();
  if (file < 0) return frame32(f_failed, id, (id32)-file);
  word error = call(sys_connect, file, (word)&address, sizeof address, 0, 0);
  if (error < 0 && error != -einprogress) {
    call(sys_close, file, 0, 0, 0, 0);
    return frame32(f_failed, id, (id32)-error);
  }
  use(slot, id, (int)file)->connecting = 1;
}

static void connected(struct connection *it) {
  int error = 0, size = sizeof error;
  call(sys_getsockopt, it->file, sol_socket, so_error, (word)&error, (word)&size);
  if (error != 0) {
    frame32(f_failed, it->id, (id32)error);
    release(it);
    return;
  }
  it->connecting = 0;
  frame(f_ready, it->id, 0);
  settle(it);
}

/* Those that come in have ids below 2^31; the other end numbers its own from there. */
static void take_in(int listener) {
  static id32 made;
  struct address from;
  int size = sizeof from, slot = free_slot();
  word file = call(sys_accept4, listeners[listener].file, (word)&from, (word)&size, nonblock_cloexec, 0);
  if (file < 0) {
    full = file != -eagain && file != -eintr && file != -103;
    return;
  }
  made = (made + 1) & 0x7fffffff;
  use(slot, made, (int)file);
  byte *payload = frame(f_open, made, 10);
  put32(payload, listeners[listener].id);
  memcpy(payload + 4, from.ip, 4);
  payload[8] = from.port & 255, payload[9] = from.port >> 8;
}

/* Passes on what the socket has sent. */
static void pull(struct connection *it) {
  static byte bytes[most_payload];
  word most = it->credit < most_payload ? it->credit : most_payload;
  word count = call(sys_read, it->file, (word)bytes, most, 0, 0);
  if (count == -eagain || count == -eintr) return;
  if (count < 0) return fail(it);
  if (count == 0) {
    it->over = 1;
    frame(f_end, it->id, 0);
    return settle(it);
  }
  it->credit -= count;
  memcpy(frame(f_data, it->id, (id32)count), bytes, count);
}

/* Gives the socket what has come for it. */
static void push(struct connection *it) {
  word part = it->first + it->length > window ? window - it->first : it->length;
  word count = call(sys_write, it->file, (word)(it->ring + it->first), part, 0, 0);
  if (count == -eagain || count == -eintr) return;
  if (count < 0) return fail(it);
  it->first = (it->first + count) % window;
  it->length -= count;
  it->taken += count;
  if (it->taken >= window / 4 || it->length == 0) {
    frame32(f_window, it->id, (id32)it->taken);
    it->taken = 0;
  }
  settle(it);
}

static void store(struct connection *it, const byte *bytes, word size) {
  if (it->ending || it->length + it->taken + size > window) quit(malformed);
  word at = (it->first + it->length) % window, part = at + size > window ? window - at : size;
  memcpy(it->ring + at, bytes, part);
  memcpy(it->ring, bytes + part, size - part);
  it->length += size;
}

/* --- frames of the other end */

static void obey(byte kind, id32 id, const byte *payload, id32 size) {
  static const byte sizes[] = {0, 2, 0, 6, 0, 0, 0, 0, 4, 0, 0, 0};
  if (kind == f_ready || kind == f_failed || kind == f_open || kind == 0 || kind > f_beat) quit(malformed);
  if (kind != f_data && size != sizes[kind]) quit(malformed);
  if (kind == f_listen) return start_listening(id, payload);
  if (kind == f_unlisten) return stop_listening(id);
  if (kind == f_connect) return start_connecting(id, payload);
  if (kind == f_beat) return;
  int at = index_of(id);
  /* It has ended here, and the other end did not know yet. */
  if (at < 0) return;
  struct connection *it = &connections[at];
  if (kind == f_data) store(it, payload, size);
  if (kind == f_window) {
    it->credit += get32(payload);
    if (it->credit > window) quit(malformed);
  }
  if (kind == f_end) it->ending = 1, settle(it);
  if (kind == f_reset) drop(it);
}

/* Reads what has come, and obeys every frame that is complete. */
static void hear(void) {
  static byte in[1 << 17];
  static word length;
  word count = call(sys_read, 0, (word)(in + length), sizeof in - length, 0, 0);
  if (count == -eintr) return;
  if (count <= 0) quit(done);
  length += count;
  word at = 0;
  while (length - at >= header) {
    id32 size = get32(in + at + 5);
    if (size > most_payload) quit(malformed);
    if (length - at < header + (word)size) break;
    obey(in[at], get32(in + at + 1), in + at + header, size);
    at += header + size;
  }
  length -= at;
  for (word to = 0; to < length; to++) in[to] = in[at + to];
}

static word now(void) {
  word time[2] = {0, 0};
  call(sys_clock_gettime, 1, (word)time, 0, 0, 0);
  return time[0];
}

__attribute__((used)) void start(void) {
  static struct { int file; short wanted, found; } polled[1 + most_listeners + most_connections];
  static int whose[1 + most_listeners + most_connections];
  struct { void *handler; unsigned long flags; void *restorer; unsigned long mask; } ignore = {(void *)1, 0, 0, 0};
  call(sys_rt_sigaction, 13, (word)&ignore, 0, sizeof ignore.mask, 0);
  word heard = now();
  for (;;) {
    word count = 1, time[2] = {5, 0};
    polled[0].file = 0, polled[0].wanted = poll_in, polled[0].found = 0;
    int free = !full && free_slot() >= 0;
    for (int at = 0; at < most_listeners; at++)
      if (free && listeners[at].used) {
        polled[count].file = listeners[at].file, polled[count].wanted = poll_in, polled[count].found = 0;
        whose[count++] = at;
      }
    word first = count;
    for (int at = 0; at < highest; at++) {
      struct connection *it = &connections[at];
      short wanted = 0;
      if (!it->used) continue;
      if (it->connecting) wanted = poll_out;
      else {
        if (!it->over && it->credit > 0) wanted |= poll_in;
        if (it->length > 0) wanted |= poll_out;
      }
      /* Without a wish, a socket that has ended would wake this process for ever. */
      if (wanted == 0) continue;
      polled[count].file = it->file, polled[count].wanted = wanted, polled[count].found = 0;
      whose[count++] = at;
    }
    call(sys_ppoll, (word)polled, count, (word)time, 0, 0);
    for (word at = first; at < count; at++) {
      struct connection *it = &connections[whose[at]];
      short found = polled[at].found, wanted = polled[at].wanted;
      if (found == 0) continue;
      if (it->connecting) {
        connected(it);
        continue;
      }
      if ((wanted & poll_out) && it->length > 0) push(it);
      if (it->used && (wanted & poll_in) && (found & (poll_in | poll_err | poll_hup))) pull(it);
    }
    for (word at = 1; at < first; at++)
      if (polled[at].found && free_slot() >= 0) take_in(whose[at]);
    if (polled[0].found) {
      heard = now();
      hear();
    } else if (now() - heard > silence_seconds) quit(lapsed);
    flush();
  }
}
