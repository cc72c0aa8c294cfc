# SPDX-License-Identifier: Apache-2.0
# Warnings, hardening, sanitizers.

set(ARCORE_WARNINGS)
if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    set(ARCORE_WARNINGS -Wall -Wextra -Wconversion -Wshadow -Wstrict-overflow=2)
    if(ARCORE_WERROR)
        list(APPEND ARCORE_WARNINGS -Werror)
    endif()
endif()

if(ARCORE_SANITIZE)
    add_compile_options(-fsanitize=${ARCORE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${ARCORE_SANITIZE})
    # Instrumentation hides value ranges from gcc, which then sees truncations and overlaps that cannot be; the plain builds look for real ones.
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        list(APPEND ARCORE_WARNINGS -Wno-format-truncation -Wno-restrict)
    endif()
endif()

if(ARCORE_HARDEN)
    add_compile_options(-D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
        -ftrivial-auto-var-init=zero)
    add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
    set(ARCORE_LINK_DEFS -Wl,-z,defs)
endif()

# The same sources give the same bytes wherever and whenever they are built: no paths, no times, no owners. Debug builds keep
# their paths, by which debuggers and coverage find the sources.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    add_compile_options($<$<NOT:$<CONFIG:Debug>>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.>
        $<$<NOT:$<CONFIG:Debug>>:-ffile-prefix-map=${PROJECT_BINARY_DIR}=./build>)
endif()
if(UNIX AND NOT APPLE)
    set(CMAKE_C_ARCHIVE_CREATE "<CMAKE_AR> qcD <TARGET> <LINK_FLAGS> <OBJECTS>")
    set(CMAKE_C_ARCHIVE_APPEND "<CMAKE_AR> qD <TARGET> <LINK_FLAGS> <OBJECTS>")
    set(CMAKE_C_ARCHIVE_FINISH "<CMAKE_RANLIB> -D <TARGET>")
endif()

function(arcore_flags target)
    target_compile_options(${target} PRIVATE ${ARCORE_WARNINGS})
    target_compile_definitions(${target} PRIVATE ARCORE_BUILD)
    if(NOT WIN32)
        target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
    endif()
endfunction()

# Only the names of the script leave the shared library.
function(arcore_version_script target script)
    if(UNIX AND NOT APPLE)
        target_link_options(${target} PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/${script} ${ARCORE_LINK_DEFS})
        set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${PROJECT_SOURCE_DIR}/${script})
    endif()
endfunction()
