/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_FUZZ_FUZZ_H
#define T_FUZZ_FUZZ_H
/*
 * A fuzz target: one file here, one function. `make fuzz` links it with libFuzzer; `make check` with t/fuzz/replay/main.c, which
 * gives it the seeds and every input that has ever made it fail.
 */
#include <stddef.h>
#include <stdint.h>

/* Does to the bytes what the program would; must not crash, hang, or leave anything behind. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
