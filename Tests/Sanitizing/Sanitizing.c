// Linked into every program that scripts/sanitize builds: what the sanitizer inside has to know.
#include <stdint.h>

// Reports go to files: many tests read what their programs write, and hand no environment on to them.
// The Swift runtime keeps some memory until the end on purpose.
const char *__asan_default_options(void) { return "log_path=" REPORTS "/address:detect_leaks=0"; }
// No pause at the end, during which others could still race: that the end comes at once is tested.
const char *__tsan_default_options(void) { return "log_path=" REPORTS "/thread:atexit_sleep_ms=0"; }

#if __linux__
// Swift's `Mutex` takes and leaves a free lock by an atomic operation inside the program, which the thread sanitizer
// sees. Only to wait for another thread, or to wake it, does it go into the runtime, of which the sanitizer sees nothing.
// The linker's `--wrap` leads these two calls here, where they are reported. So nothing has to be suppressed.
#define SWIFT __attribute__((swiftcall))
#define MUTEX __attribute__((swift_context)) void *mutex
#define SYMBOL(prefix, function) __asm__("__" prefix "_$s15Synchronization12_MutexHandleV" function)

// Missing where the address sanitizer is in the program.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);
// Missing where a program has no `Mutex`.
__attribute__((weak)) SWIFT void waitForLock(uint32_t thread, MUTEX) SYMBOL("real", "9_lockSlowyys6UInt32VF");
__attribute__((weak)) SWIFT void wakeNext(MUTEX) SYMBOL("real", "11_unlockSlowyyF");
SWIFT void lockSlow(uint32_t thread, MUTEX) SYMBOL("wrap", "9_lockSlowyys6UInt32VF");
SWIFT void unlockSlow(MUTEX) SYMBOL("wrap", "11_unlockSlowyyF");

SWIFT void lockSlow(uint32_t thread, MUTEX) {
    waitForLock(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlockSlow(MUTEX) {
    if (__tsan_release) __tsan_release(mutex);
    wakeNext(mutex);
}
#endif
