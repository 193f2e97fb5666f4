// Counts the allocations of a thread, for tests that expect none.
#pragma once

#include <stdbool.h>

/// Whether allocations are counted here: with glibc and without a sanitizer.
bool sq_allocations_are_counted(void);

/// The allocations of the calling thread so far.
long sq_allocation_count(void);
