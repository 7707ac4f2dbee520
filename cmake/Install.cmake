# The install tree, the CMake package `ntkc` and the Debian package.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS ntkc ntkc_runtime ntkc_compiler EXPORT ntkcTargets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS ntkc_inference_shared EXPORT ntkcInferenceTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ntk DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.ntk")

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/ntkc)
install(EXPORT ntkcTargets NAMESPACE ntkc:: DESTINATION ${package})
install(EXPORT ntkcInferenceTargets NAMESPACE ntkc:: DESTINATION ${package})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ntkcConfig.cmake.in ${PROJECT_BINARY_DIR}/ntkcConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ntkcConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ntkcConfig.cmake ${PROJECT_BINARY_DIR}/ntkcConfigVersion.cmake ${PROJECT_SOURCE_DIR}/cmake/ntk_generate.cmake
  DESTINATION ${package})

if(NOT CMAKE_CROSSCOMPILING)
  foreach(row "bash|bash-completion/completions/ntkc" "zsh|zsh/site-functions/_ntkc" "fish|fish/vendor_completions.d/ntkc.fish")
    string(REPLACE "|" ";" row ${row})
    list(GET row 0 shell)
    list(GET row 1 file)
    set(script ${PROJECT_BINARY_DIR}/completion/${shell})
    add_custom_command(OUTPUT ${script} COMMAND ntkc completion ${shell} > ${script} DEPENDS ntkc VERBATIM)
    list(APPEND completions ${script})
    cmake_path(GET file PARENT_PATH folder)
    cmake_path(GET file FILENAME name)
    install(FILES ${script} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder} RENAME ${name})
  endforeach()
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/completion)
  add_custom_target(ntkc_completion ALL DEPENDS ${completions})
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "the ntkc authors <ntkc@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
include(CPack)
