# Embeds include/ntk/runtime.hpp and include/ntk/runtime/*.hpp into the room `backends`. Run with -P it writes the table of texts.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  file(GLOB runtime_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/ntk/runtime/*.hpp)
  set(runtime_table ${CMAKE_CURRENT_BINARY_DIR}/runtime_text.cpp)
  add_custom_command(
    OUTPUT ${runtime_table}
    COMMAND ${CMAKE_COMMAND} -DINCLUDE=${PROJECT_SOURCE_DIR}/include -DOUTPUT=${runtime_table} -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS ${runtime_headers} ${PROJECT_SOURCE_DIR}/include/ntk/runtime.hpp ${CMAKE_CURRENT_LIST_FILE}
    COMMENT "Embedding the runtime headers"
    VERBATIM)
  target_sources(ntkc_backends PRIVATE ${runtime_table})
  return()
endif()

file(GLOB headers RELATIVE ${INCLUDE} ${INCLUDE}/ntk/runtime.hpp ${INCLUDE}/ntk/runtime/*.hpp)
list(SORT headers)
set(text "#include \"backends/runtime_text.hpp\"\n\nnamespace ntkc::backends {\n\nstd::span<const RuntimeFile> runtime_files() {\n  static constexpr RuntimeFile files[] = {\n")
foreach(header IN LISTS headers)
  file(READ ${INCLUDE}/${header} content)
  string(APPEND text "      {\"${header}\", R\"~~~(${content})~~~\"},\n")
endforeach()
string(APPEND text "  };\n  return files;\n}\n\n}  // namespace ntkc::backends\n")
file(WRITE ${OUTPUT} "${text}")
