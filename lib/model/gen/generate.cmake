# SPDX-License-Identifier: Apache-2.0
# arcore_gen writes what is derived from the schema and committed: `cmake --build --preset dev --target generate` after a change
# of lib/model/entities_*.c or codes.c. A test fails while they differ.

file(GLOB gen_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/model/gen/*.c)
add_executable(arcore_gen ${gen_sources})
target_include_directories(arcore_gen PRIVATE include lib)
target_compile_options(arcore_gen PRIVATE ${ARCORE_WARNINGS})
target_compile_definitions(arcore_gen PRIVATE _POSIX_C_SOURCE=200809L)
target_link_libraries(arcore_gen PRIVATE arcore_static)
add_custom_target(generate COMMAND arcore_gen write ${PROJECT_SOURCE_DIR} VERBATIM)
add_test(NAME unit_model_generated COMMAND arcore_gen check ${PROJECT_SOURCE_DIR})
set_tests_properties(unit_model_generated PROPERTIES LABELS unit TIMEOUT 60)
