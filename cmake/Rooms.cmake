# ntk_warnings(TARGET): the warnings of all that is ours.
# GCC 12 sees overlaps and overflows inside std::string that are not there (its bug 105329).
function(ntk_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-stringop-overflow)
  endif()
endfunction()

# ntk_room(NAME DIRECTORY [BATCH] [HEADERS header...] [NEEDS room-or-library...]): one folder of sources as one static library `ntkc_NAME`.
# With NTKC_BATCHES, BATCH compiles its files together, and HEADERS are precompiled (for rooms whose files define equal local names).
# ntk_registry_check(FILE.def PATTERN FOLDER): every row has a file of its name, every file a row.
function(ntk_room name directory)
  cmake_parse_arguments(ROOM "BATCH" "" "NEEDS;HEADERS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${directory}/*.cpp)
  if(sources)
    add_library(ntkc_${name} STATIC ${sources})
    set(scope PUBLIC)
    ntk_warnings(ntkc_${name})
    if(NTKC_BATCHES)
      set_target_properties(ntkc_${name} PROPERTIES UNITY_BUILD ${ROOM_BATCH} UNITY_BUILD_BATCH_SIZE 6)
      if(ROOM_HEADERS)
        target_precompile_headers(ntkc_${name} PRIVATE ${ROOM_HEADERS})
      endif()
    endif()
  else()  # a room of headers only
    add_library(ntkc_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(ntkc_${name} ${scope} ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(ntkc_${name} ${scope} ${ROOM_NEEDS})
endfunction()

function(ntk_registry_check definitions macro folder)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${definitions})
  file(STRINGS ${definitions} rows REGEX "^${macro}\\(")
  foreach(row IN LISTS rows)
    string(REGEX REPLACE "^${macro}\\(([A-Za-z0-9_]+).*" "\\1" name "${row}")
    if(NOT EXISTS ${folder}/${name}.cpp)
      message(FATAL_ERROR "${definitions} has a row for ${name}, but there is no ${folder}/${name}.cpp")
    endif()
  endforeach()
endfunction()
