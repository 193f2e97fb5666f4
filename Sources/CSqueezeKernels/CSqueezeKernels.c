#include "CSqueezeKernels.h"

int sq_processor_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
      && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")
      && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt")
      && __builtin_cpu_supports("movbe");
  bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq")
      && __builtin_cpu_supports("avx512vl");
  bool v4vnni = v4 && __builtin_cpu_supports("avx512vnni")
      && __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vbmi")
      && __builtin_cpu_supports("avx512vpopcntdq");
  return v4vnni ? 5 : v4 ? 4 : v3 ? 3 : 1;
#elif defined(__aarch64__)
  return 2;
#else
  return 1;
#endif
}

// MARK: - Loops

typedef __attribute__((swiftcall)) void (*SQLoopFunction)(
    ptrdiff_t item, ptrdiff_t thread, __attribute__((swift_context)) void *context);

/// Declared in Swift with a closure that does not escape for its first two arguments.
__attribute__((swiftcall)) void sq_take_loop_body(
    void *function, void *context, SQLoopBody *target) {
  target->function = function;
  target->context = context;
}

void sq_call_loop_body(const SQLoopBody *body, ptrdiff_t item, ptrdiff_t thread) {
  ((SQLoopFunction)body->function)(item, thread, body->context);
}
