# SPDX-License-Identifier: Apache-2.0
# Tests by glob. tests/unit/<layer>/test_*.c and tests/{conformance,fault,model,golden,api}/test_*.c become one
# executable each, linked with the archive so that internals are reachable. A line "/* ctest: slow */" adds the label slow.

find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
find_program(ARCORE_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(ARCORE_PYTHON python3 REQUIRED)

file(GLOB support_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.c)
set(ARCORE_TEST_LIBRARIES)
if(TARGET arcore_testkit_static)
    list(APPEND ARCORE_TEST_LIBRARIES arcore_testkit_static)
endif()
if(TARGET arcore_postgresql_static)
    list(APPEND ARCORE_TEST_LIBRARIES arcore_postgresql_static)
endif()
list(APPEND ARCORE_TEST_LIBRARIES arcore_static SQLite::SQLite3 PkgConfig::CJSON PkgConfig::CMOCKA Threads::Threads)

set(ARCORE_TEST_DEFINITIONS _POSIX_C_SOURCE=200809L ARCORE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    ARCORE_BINARY_DIR="${PROJECT_BINARY_DIR}")
if(TARGET arcore_postgresql_static)
    list(APPEND ARCORE_TEST_DEFINITIONS ARCORE_HAVE_POSTGRESQL=1)
endif()

if(support_sources)
    add_library(arcore_test_support STATIC ${support_sources})
    target_include_directories(arcore_test_support PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib
        ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(arcore_test_support PRIVATE ${ARCORE_WARNINGS})
    target_compile_definitions(arcore_test_support PRIVATE ${ARCORE_TEST_DEFINITIONS})
    target_link_libraries(arcore_test_support PUBLIC ${ARCORE_TEST_LIBRARIES})
    list(PREPEND ARCORE_TEST_LIBRARIES arcore_test_support)
endif()

function(arcore_test name source label)
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib
        ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(${name} PRIVATE ${ARCORE_WARNINGS})
    target_compile_definitions(${name} PRIVATE ${ARCORE_TEST_DEFINITIONS})
    target_link_libraries(${name} PRIVATE ${ARCORE_TEST_LIBRARIES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    file(STRINGS ${source} slow REGEX "^/\\* ctest: slow \\*/")
    if(slow)
        list(APPEND label slow)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${label}" TIMEOUT 900)
endfunction()

file(GLOB unit_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/*/test_*.c)
foreach(source IN LISTS unit_tests)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET folder FILENAME layer)
    cmake_path(GET source STEM stem)
    string(REGEX REPLACE "^test_" "" topic ${stem})
    arcore_test(unit_${layer}_${topic} ${source} unit)
endforeach()

foreach(kind conformance fault model golden api)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${kind}/test_*.c)
    foreach(source IN LISTS sources)
        cmake_path(GET source STEM stem)
        string(REGEX REPLACE "^test_" "" topic ${stem})
        arcore_test(${kind}_${topic} ${source} ${kind})
    endforeach()
endforeach()
