// How the drivers of ntk/runtime/gram.hpp feed a generated model: which products of which blocks of a row, and how long these are.
#pragma once
#include <initializer_list>

#include "backends/statements.hpp"
#include "backends/text.hpp"

namespace ntkc::backends {

struct MemberParameter {
  const char *type, *name;
};
// A member function; parameters that the body does not mention have no name, so that compilers do not warn.
void write_member(Text& out, std::string_view before, std::string_view head, std::initializer_list<MemberParameter> parameters, Text body);

// The members that ntk/runtime/model.hpp asks for beside the sample code and the pair code.
void write_feeding(Text& out, const plan::Plan& plan, const Layout& layout, std::uint64_t sample_numbers);

}  // namespace ntkc::backends
