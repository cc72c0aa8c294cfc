/* SPDX-License-Identifier: Apache-2.0 */
/* What all tests share: cmocka, a context whose memory is counted and can be made to fail, a fixed clock, real data, a
 * folder for files. Include this instead of cmocka.h. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/env.h"

/* 2026-01-15T08:00:00Z */
#define TEST_NOW INT64_C(1768464000000000)

typedef struct test_memory {
    int64_t calls;   /* of alloc and resize so far */
    int64_t blocks;  /* alive */
    int64_t bytes;   /* alive */
    int64_t peak;    /* most bytes alive */
    int64_t fail_at; /* this call fails (1 = the next after setting calls to 0); 0 = none */
    int64_t failed;  /* calls that were made to fail */
    int32_t fail_on; /* 1: every call from fail_at on fails */
} test_memory;

typedef struct test_env {
    arc_context *ctx;
    arci_env env; /* errors go to err */
    arc_error err;
    test_memory memory;
    arc_allocator allocator;
    int64_t now;     /* what the clock says; stands still unless changed */
    uint64_t random; /* state of the context's (predictable) random source */
    char dir[512];   /* "" until test_dir() */
} test_env;

/* Opens and closes; close fails the test when anything leaked, and removes the folder. */
void test_open(test_env *t);
void test_close(test_env *t);
/* The same as cmocka fixtures: *state is a test_env *. */
int test_setup(void **state);
int test_teardown(void **state);

/* Tests that would run for long take a fixed sample, the same at every run; all, or far more, with ARCORE_SOAK=1. */
int test_soak(void);
int64_t test_sized(int64_t usual, int64_t soak);
#if defined(__SANITIZE_ADDRESS__)
#define TEST_SANITIZED 1
#elif defined(__has_feature)
#define TEST_SANITIZED __has_feature(address_sanitizer)
#else
#define TEST_SANITIZED 0
#endif

/* Runs body with the n-th allocation failing for n = 1, 2, ... (from 300 on a sample) until a run needs fewer than n. body works in a fresh test_env
 * and returns the status of the first call that failed: it must be ARC_E_NOMEM exactly when an allocation failed. Each run is
 * checked for leaks. Returns how many allocations a whole run makes at least. */
int64_t test_oom_sweep(arc_status (*body)(test_env *t, void *arg), void *arg);

/* An empty folder of this test; removed by test_close(). test_path() joins it with a name in a static buffer. */
const char *test_dir(test_env *t);
const char *test_path(test_env *t, const char *name);

/* Real data: $ARCORE_DATA, else ../shared/data beside the project. NULL when missing; TEST_NEED_DATA skips loudly instead.
 * The text lives until the next call. */
const char *test_data(const char *relative);
#define TEST_NEED_DATA(path, relative) \
    const char *path = test_data(relative); \
    if (!path) { \
        fprintf(stderr, "SKIPPED: data file %s not found (set ARCORE_DATA)\n", relative); \
        skip(); \
    }

/* Whole file, terminated; the caller frees with free(). NULL when it cannot be read. */
char *test_read_file(const char *path, size_t *len);

/* Deterministic numbers: splitmix64. */
uint64_t test_random(uint64_t *state);

#define assert_status(expected, call) test_status_is(expected, call, #call, NULL, __FILE__, __LINE__)
#define assert_ok(call) test_status_is(ARC_OK, call, #call, NULL, __FILE__, __LINE__)
/* With the details of err when it fails. */
#define assert_ok_err(err, call) test_status_is(ARC_OK, call, #call, err, __FILE__, __LINE__)
void test_status_is(arc_status expected, arc_status actual, const char *call, const arc_error *err, const char *file, int line);

#endif
