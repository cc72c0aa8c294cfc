# SPDX-License-Identifier: Apache-2.0
# Benchmarks: all sources of tests/bench/<topic> make one executable bench_<topic>, with internals and the replay of traces
# reachable. Never run by ctest.

file(GLOB bench_topics CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/bench/*)
foreach(folder IN LISTS bench_topics)
    cmake_path(GET folder FILENAME topic)
    file(GLOB bench_sources CONFIGURE_DEPENDS ${folder}/*.c)
    if(NOT bench_sources)
        continue()
    endif()
    if(topic STREQUAL "ledger" OR topic STREQUAL "match_throughput") # the same clock, figures and books
        list(APPEND bench_sources ${PROJECT_SOURCE_DIR}/tests/bench/storage/bench.c ${PROJECT_SOURCE_DIR}/tests/bench/storage/world.c)
    endif()
    if(topic STREQUAL "rules") # the same clock and figures
        list(APPEND bench_sources ${PROJECT_SOURCE_DIR}/tests/bench/storage/bench.c)
    endif()
    if(topic STREQUAL "postgres")
        if(NOT TARGET arcore_postgresql_static)
            continue()
        endif()
        list(APPEND bench_sources ${PROJECT_SOURCE_DIR}/tests/bench/storage/bench.c ${PROJECT_SOURCE_DIR}/tests/support/pg.c)
    endif()
    set(name bench_${topic})
    add_executable(${name} ${bench_sources} ${PROJECT_SOURCE_DIR}/tests/support/replay.c)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib
        ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(${name} PRIVATE ${ARCORE_WARNINGS})
    target_compile_definitions(${name} PRIVATE _POSIX_C_SOURCE=200809L ARCORE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        ARCORE_BINARY_DIR="${PROJECT_BINARY_DIR}")
    target_link_libraries(${name} PRIVATE arcore_static SQLite::SQLite3 PkgConfig::CJSON PkgConfig::EXPAT Threads::Threads)
    if(TARGET arcore_postgresql_static)
        target_link_libraries(${name} PRIVATE arcore_postgresql_static)
        target_compile_definitions(${name} PRIVATE ARCORE_HAVE_POSTGRESQL=1)
    endif()
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
endforeach()
