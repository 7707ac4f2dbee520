# Writes OUT, a .cpp with the texts of grammar/std/*.ntk. Run by a build step: cmake -DFOLDER=... -DOUT=... -P EmbedStd.cmake
file(GLOB specs ${FOLDER}/*.ntk)
list(SORT specs)
set(rows "")
foreach(spec IN LISTS specs)
  get_filename_component(name ${spec} NAME)
  file(READ ${spec} text)
  string(APPEND rows "    {\"${name}\", R\"ntk(${text})ntk\"},\n")
endforeach()
file(WRITE ${OUT} "// Written by grammar/EmbedStd.cmake from grammar/std/*.ntk.
#include \"grammar/std.hpp\"

namespace ntkc::grammar {

constexpr StdFile kFiles[] = {
${rows}};

std::span<const StdFile> std_files() { return kFiles; }

}  // namespace ntkc::grammar
")
