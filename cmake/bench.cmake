# SPDX-License-Identifier: Apache-2.0
# Benchmarks: tests/bench/*/*.c, one executable each, with internals reachable. Never run by ctest.

file(GLOB_RECURSE bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/bench/*.c)
foreach(source IN LISTS bench_sources)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET folder FILENAME topic)
    cmake_path(GET source STEM stem)
    set(name bench_${topic}_${stem})
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib
        ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(${name} PRIVATE ${ARCORE_WARNINGS})
    target_compile_definitions(${name} PRIVATE _POSIX_C_SOURCE=200809L ARCORE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE arcore_static SQLite::SQLite3 PkgConfig::CJSON Threads::Threads)
    if(TARGET arcore_postgresql_static)
        target_link_libraries(${name} PRIVATE arcore_postgresql_static)
        target_compile_definitions(${name} PRIVATE ARCORE_HAVE_POSTGRESQL=1)
    endif()
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
endforeach()
