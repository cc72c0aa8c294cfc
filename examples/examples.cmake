# SPDX-License-Identifier: Apache-2.0
# examples/*.c against the public shared library. Those listed here, with their arguments, also run as tests.

# "name|arg|arg" strings
set(ARCORE_EXAMPLE_TESTS "audit" "backend_jsonl" "custom_fields" "lifecycle" "quickstart|${PROJECT_SOURCE_DIR}/examples/data|."
    "three_sights|${PROJECT_SOURCE_DIR}/examples/data")

file(GLOB example_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.c)
foreach(source IN LISTS example_sources)
    cmake_path(GET source STEM stem)
    add_executable(example_${stem} ${source})
    target_compile_options(example_${stem} PRIVATE ${ARCORE_WARNINGS})
    target_compile_definitions(example_${stem} PRIVATE _POSIX_C_SOURCE=200809L)
    target_link_libraries(example_${stem} PRIVATE arcore::arcore)
    if(TARGET arcore_testkit)
        target_link_libraries(example_${stem} PRIVATE arcore::testkit)
    endif()
    set_target_properties(example_${stem} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples
        OUTPUT_NAME ${stem})
endforeach()

if(ARCORE_TESTS)
    foreach(entry IN LISTS ARCORE_EXAMPLE_TESTS)
        string(REPLACE "|" ";" words "${entry}")
        list(POP_FRONT words stem)
        if(TARGET example_${stem})
            add_test(NAME example_${stem} COMMAND example_${stem} ${words}
                WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
            set_tests_properties(example_${stem} PROPERTIES LABELS example TIMEOUT 300)
        endif()
    endforeach()
    add_test(NAME example_first_program
        COMMAND sh ${PROJECT_SOURCE_DIR}/tests/install/first_program.sh $<TARGET_FILE:example_first_program>)
    set_tests_properties(example_first_program PROPERTIES LABELS example TIMEOUT 300)
endif()
