# Adds the texts of grammar/std/ to the room `ntkc_grammar`.
set(folder ${PROJECT_SOURCE_DIR}/grammar)
file(GLOB specs CONFIGURE_DEPENDS ${folder}/std/*.ntk)
set(output ${CMAKE_CURRENT_BINARY_DIR}/std_files.cpp)
add_custom_command(OUTPUT ${output}
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder}/std -DOUT=${output} -P ${folder}/EmbedStd.cmake
  DEPENDS ${specs} ${folder}/EmbedStd.cmake COMMENT "Embedding grammar/std" VERBATIM)
target_sources(ntkc_grammar PRIVATE ${output})
