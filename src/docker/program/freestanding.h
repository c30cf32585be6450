/* What freestanding programs need on every architecture: they are linked with no library. */

typedef long word;

/* Calls the kernel; a failure is returned as a negative error number. */
#if defined(__x86_64__)
static word call(word n, word a, word b, word c, word d, word e) {
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  word result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
static word call(word n, word a, word b, word c, word d, word e) {
  register word x8 __asm__("x8") = n;
  register word x0 __asm__("x0") = a;
  register word x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c;
  register word x3 __asm__("x3") = d;
  register word x4 __asm__("x4") = e;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
}
#endif

/* Without this the compiler may call a memset that does not exist. */
void *memset(void *to, int byte, unsigned long count) {
  for (volatile char *at = to; count > 0; count--) *at++ = (char)byte;
  return to;
}
