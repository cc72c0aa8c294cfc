# SPDX-License-Identifier: Apache-2.0
# The Python package: `python_generate` writes what it has from the headers and the schema, `wheel` packs it with the library.
# Tests are tests/python/test_*.py, each a test python_<topic>.

find_program(ARCORE_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(ARCORE_PYTHON python3)
set(python_root ${PROJECT_SOURCE_DIR}/bindings/python)

if(ARCORE_PYTHON)
    add_custom_target(python_generate COMMAND ${CMAKE_COMMAND} -E env ARCORE_LIBRARY=$<TARGET_FILE:arcore>
        ${ARCORE_PYTHON} -B ${python_root}/tools/generate.py write ${PROJECT_SOURCE_DIR} VERBATIM)
    add_dependencies(python_generate arcore)
    add_custom_target(wheel COMMAND ${CMAKE_COMMAND} -E env ARCORE_LIBRARY=$<TARGET_FILE:arcore>
        ${ARCORE_PYTHON} -B ${python_root}/backend/arcore_backend.py ${PROJECT_BINARY_DIR}/wheel VERBATIM)
    add_dependencies(wheel arcore)
endif()

if(ARCORE_TESTS)
    # A sanitized library is loaded by a plain interpreter: its runtime must come first.
    set(python_environment ARCORE_LIBRARY=$<TARGET_FILE:arcore> PYTHONPATH=${python_root}:${PROJECT_SOURCE_DIR}/tests/python
        PYTHONDONTWRITEBYTECODE=1 PYTHONIOENCODING=utf-8 ARCORE_SOURCE_DIR=${PROJECT_SOURCE_DIR} ARCORE_BINARY_DIR=${PROJECT_BINARY_DIR}
        CC=${CMAKE_C_COMPILER})
    if(ARCORE_SANITIZE MATCHES "address")
        execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libasan.so OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
        list(APPEND python_environment LD_PRELOAD=${runtime} ASAN_OPTIONS=detect_leaks=0 ARCORE_SANITIZED=1)
    elseif(ARCORE_SANITIZE)
        list(APPEND python_environment ARCORE_SANITIZED=1)
    endif()
    file(GLOB python_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/python/test_*.py)
    foreach(source IN LISTS python_tests)
        cmake_path(GET source STEM stem)
        string(REGEX REPLACE "^test_" "" topic ${stem})
        if(NOT ARCORE_PYTHON)
            add_test(NAME python_${topic} COMMAND sh -c "echo 'SKIPPED: python3 is not installed'; exit 77")
        elseif(ARCORE_SANITIZE MATCHES "thread")
            add_test(NAME python_${topic} COMMAND sh -c "echo 'SKIPPED: python3 cannot load a library under ThreadSanitizer'; exit 77")
        else()
            add_test(NAME python_${topic} COMMAND ${ARCORE_PYTHON} -B ${source})
        endif()
        if(topic MATCHES "^(real_books|signatures|wheel)$") # the interpreter's work more than the library's
            set(label "python;slow")
        else()
            set(label python)
        endif()
        set_tests_properties(python_${topic} PROPERTIES LABELS "${label}" TIMEOUT 600 SKIP_RETURN_CODE 77 ENVIRONMENT "${python_environment}")
    endforeach()
endif()
