# SPDX-License-Identifier: Apache-2.0
# The command line tool: bindings/cli against the public headers and the shared library, like any program.

file(GLOB cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bindings/cli/*.c)
add_executable(arcore_cli ${cli_sources})
set_target_properties(arcore_cli PROPERTIES OUTPUT_NAME arcore RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
# So that it finds the library beside it wherever the prefix is moved to.
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_BINDIR}" AND NOT APPLE)
    file(RELATIVE_PATH to_lib "/prefix/${CMAKE_INSTALL_BINDIR}" "/prefix/${CMAKE_INSTALL_LIBDIR}")
    set_target_properties(arcore_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${to_lib}")
endif()
target_compile_options(arcore_cli PRIVATE ${ARCORE_WARNINGS})
# Not only POSIX: the width of a terminal (TIOCGWINSZ) is not in it.
target_compile_definitions(arcore_cli PRIVATE _DEFAULT_SOURCE)
target_link_libraries(arcore_cli PRIVATE arcore::arcore)
if(TARGET arcore_postgresql)
    target_link_libraries(arcore_cli PRIVATE arcore::postgresql)
    target_compile_definitions(arcore_cli PRIVATE ARCORE_CLI_POSTGRESQL=1)
endif()
if(TARGET arcore_sodium)
    target_link_libraries(arcore_cli PRIVATE arcore::sodium)
    target_compile_definitions(arcore_cli PRIVATE ARCORE_CLI_SODIUM=1)
endif()

# Made by the tool itself and committed, so that installing needs no run of it; a test compares them.
#   cmake --build --preset dev --target generate_cli
add_custom_target(generate_cli
    COMMAND arcore_cli man --output ${PROJECT_SOURCE_DIR}/bindings/cli/arcore.1
    COMMAND arcore_cli completion bash --output ${PROJECT_SOURCE_DIR}/bindings/cli/arcore.bash
    COMMAND arcore_cli completion zsh --output ${PROJECT_SOURCE_DIR}/bindings/cli/_arcore
    VERBATIM)

install(TARGETS arcore_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES bindings/cli/arcore.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES bindings/cli/arcore.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME arcore)
install(FILES bindings/cli/_arcore DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
