# ntk_generate(TARGET app SPECS nets/mlp.ntk... [NAMESPACE app::kernels] [DEFINES depth=5...] [IMPORT_DIRS dir...] [OPTIONS --standalone...])
#
# Each SPEC becomes a header STEM.ntk.hpp (STEM.ntk.h with --emit=c) on the include path of TARGET. It is made again when the spec, a file
# that the spec imports, or the compiler changes, and its time stamp moves only if its bytes do, so what includes it is rebuilt only then.
# NTKC_EXECUTABLE names the compiler to use, for cross-compiling one of the host; without it the target ntkc::ntkc is used.
include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.20...3.25)  # CMP0116: Ninja reads our dependency files as they are

function(_ntk_compiler result)
  if(NTKC_EXECUTABLE)
    set(${result} ${NTKC_EXECUTABLE} PARENT_SCOPE)
  elseif(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    find_program(NTKC_EXECUTABLE ntkc NO_CMAKE_FIND_ROOT_PATH DOC "The ntkc of the host")
    if(NOT NTKC_EXECUTABLE)
      message(FATAL_ERROR "ntk_generate: cross-compiling needs the host's ntkc; set NTKC_EXECUTABLE")
    endif()
    set(${result} ${NTKC_EXECUTABLE} PARENT_SCOPE)
  else()
    set(${result} $<TARGET_FILE:ntkc::ntkc> PARENT_SCOPE)
  endif()
endfunction()

function(ntk_generate)
  cmake_parse_arguments(PARSE_ARGV 0 NTK "" "TARGET;NAMESPACE" "SPECS;DEFINES;IMPORT_DIRS;OPTIONS")
  if(NTK_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ntk_generate: unknown arguments: ${NTK_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT TARGET "${NTK_TARGET}" OR NOT NTK_SPECS)
    message(FATAL_ERROR "ntk_generate: TARGET (an existing target) and SPECS are needed")
  endif()

  set(arguments ${NTK_OPTIONS})
  if(NTK_NAMESPACE)
    list(APPEND arguments --namespace ${NTK_NAMESPACE})
  endif()
  foreach(define IN LISTS NTK_DEFINES)
    list(APPEND arguments -D ${define})
  endforeach()
  foreach(directory IN LISTS NTK_IMPORT_DIRS)
    cmake_path(ABSOLUTE_PATH directory BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    list(APPEND arguments -I ${directory})
  endforeach()
  set(extension .ntk.hpp)
  string(REPLACE ";" " " spaced "${NTK_OPTIONS}")
  if(spaced MATCHES "-emit[= ]c( |$)")
    set(extension .ntk.h)
  endif()

  _ntk_compiler(compiler)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/ntk/${NTK_TARGET})
  file(MAKE_DIRECTORY ${folder})
  set(stamps)
  foreach(spec IN LISTS NTK_SPECS)
    cmake_path(ABSOLUTE_PATH spec BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    cmake_path(GET spec STEM LAST_ONLY stem)
    set(header ${folder}/${stem}${extension})
    # The stamp is the output and the header a by-product: make compares times only, and an unchanged header stays older than its spec.
    set(stamp ${folder}/${stem}.stamp)
    add_custom_command(
      OUTPUT ${stamp}
      BYPRODUCTS ${header}
      COMMAND ${compiler} gen ${arguments} ${spec} -o ${header} -MD -MF ${stamp}.d -MQ ${stamp}
      COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
      DEPENDS ${spec} ${compiler}
      DEPFILE ${stamp}.d
      COMMENT "ntkc ${stem}${extension}"
      VERBATIM)
    list(APPEND stamps ${stamp})
  endforeach()

  get_target_property(count ${NTK_TARGET} NTK_GENERATE_CALLS)
  if(NOT count)
    set(count 0)
  endif()
  math(EXPR count "${count} + 1")
  set_target_properties(${NTK_TARGET} PROPERTIES NTK_GENERATE_CALLS ${count})
  add_custom_target(${NTK_TARGET}_ntk_${count} DEPENDS ${stamps})
  add_dependencies(${NTK_TARGET} ${NTK_TARGET}_ntk_${count})

  get_target_property(type ${NTK_TARGET} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    set(scope INTERFACE)
  else()
    set(scope PUBLIC)
  endif()
  target_include_directories(${NTK_TARGET} ${scope} $<BUILD_INTERFACE:${folder}> $<BUILD_INTERFACE:$<TARGET_PROPERTY:ntkc::runtime,INTERFACE_INCLUDE_DIRECTORIES>>)
  target_compile_features(${NTK_TARGET} ${scope} cxx_std_20)
endfunction()

cmake_policy(POP)
