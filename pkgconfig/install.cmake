# SPDX-License-Identifier: Apache-2.0
include(CMakePackageConfigHelpers)

install(DIRECTORY include/arcore DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
foreach(target IN LISTS ARCORE_TARGETS)
    set(component ${target})
    string(REGEX REPLACE "_static$" "" component ${target})
    install(TARGETS ${target} EXPORT ${component}Targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/arcore)
foreach(component arcore arcore_testkit arcore_postgresql arcore_sodium)
    if(TARGET ${component})
        install(EXPORT ${component}Targets NAMESPACE arcore:: DESTINATION ${package_dir})
    endif()
endforeach()
configure_package_config_file(pkgconfig/arcoreConfig.cmake.in ${PROJECT_BINARY_DIR}/arcoreConfig.cmake
    INSTALL_DESTINATION ${package_dir})
# Until 1.0 a minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/arcoreConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/arcoreConfig.cmake ${PROJECT_BINARY_DIR}/arcoreConfigVersion.cmake
    DESTINATION ${package_dir})

# Relative to the prefix where possible, so that the file may be moved with what it describes.
foreach(dir INCLUDEDIR LIBDIR)
    set(ARCORE_PC_${dir} ${CMAKE_INSTALL_${dir}})
    if(NOT IS_ABSOLUTE "${ARCORE_PC_${dir}}")
        string(PREPEND ARCORE_PC_${dir} "\${prefix}/")
    endif()
endforeach()
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    set(ARCORE_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
else()
    file(RELATIVE_PATH up "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
    string(REGEX REPLACE "/$" "" up "${up}")
    set(ARCORE_PC_PREFIX "\${pcfiledir}/${up}") # where it lies, whatever `cmake --install --prefix` said
endif()
configure_file(pkgconfig/arcore.pc.in ${PROJECT_BINARY_DIR}/arcore.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/arcore.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

function(arcore_component_pc component description private)
    if(TARGET ${component})
        configure_file(pkgconfig/component.pc.in ${PROJECT_BINARY_DIR}/${component}.pc @ONLY)
        install(FILES ${PROJECT_BINARY_DIR}/${component}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
    endif()
endfunction()
arcore_component_pc(arcore_testkit "Conformance suite for backends of arcore" "")
# Not as Requires.private: libpq's own archive, which nobody wants here, would ask for what is seldom installed.
string(REPLACE ";" " " private "${LIBPQ_LDFLAGS}")
arcore_component_pc(arcore_postgresql "PostgreSQL backend of arcore" "${private}")
arcore_component_pc(arcore_sodium "Cipher of libsodium for sealed books of arcore" "-lsodium")
