# SPDX-License-Identifier: Apache-2.0
# Fuzzers: tests/fuzz/fuzz_NAME.c, with clang's own driver; the seeds are tests/corpus/NAME, which ctest replays everywhere. Never run by ctest.
#   cmake -B build/fuzz -DCMAKE_C_COMPILER=clang -DARCORE_FUZZ=ON -DARCORE_SANITIZE=fuzzer-no-link,address,undefined
#   build/fuzz/fuzz/fuzz_condition -max_total_time=60 tests/corpus/condition

file(GLOB fuzz_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
foreach(source IN LISTS fuzz_sources)
    cmake_path(GET source STEM name)
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(${name} PRIVATE ${ARCORE_WARNINGS} -fsanitize=fuzzer)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(${name} PRIVATE arcore_static SQLite::SQLite3 PkgConfig::CJSON PkgConfig::EXPAT Threads::Threads)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
endforeach()
