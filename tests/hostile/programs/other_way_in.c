/* Asks the kernel by its other doors, which a filter may have forgotten: 32 bits on x86, x32, and a raw clone3. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
static long by_interrupt(long number, long a, long b, long c) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
    return result;
}
#endif

int main(void) {
    struct { unsigned long long flags, pidfd, child, parent, signal, stack, size, tls; } how;
    setbuf(stdout, NULL);
    printf("begins\n");
    memset(&how, 0, sizeof how);
    how.flags = 0x10000000; /* CLONE_NEWUSER */
    how.signal = 17;
    long pid = syscall(435, &how, sizeof how);
    if (pid == 0) _exit(0);
    if (pid > 0) printf("OPEN clone3 with a user namespace\n");
    pid = syscall(SYS_clone, 0x10000000L | 17, 0, 0, 0, 0);
    if (pid == 0) _exit(0);
    if (pid > 0) printf("OPEN clone with a user namespace\n");
#if defined(__x86_64__)
    if (syscall(0x40000000 + 250, 1, 0, 0, 0, 0) >= 0) printf("OPEN keyctl by x32\n");
    if (by_interrupt(288, 1, 0, 0) >= 0) printf("OPEN keyctl by 32 bits\n"); /* 288: keyctl on i386 */
    if (by_interrupt(310, 0x10000000, 0, 0) >= 0) printf("OPEN unshare by 32 bits\n");
#endif
    printf("all of it was tried\n");
    return 0;
}
