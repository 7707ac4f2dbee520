#include <fmt/format.h>

#include <stdexcept>

#include "passes/pass.hpp"

namespace ntkc::passes {

#define NTK_PASS(name) extern const Pass name##_pass;
#include "passes/passes.def"
#undef NTK_PASS

namespace {

void check(const ir::Program& program, std::string_view where) {
  if (const auto broken = ir::verify(program)) throw std::logic_error(fmt::format("ir {}: {}", where, *broken));
}

}  // namespace

std::span<const Pass> all() {
  static const Pass rows[] = {
#define NTK_PASS(name) name##_pass,
#include "passes/passes.def"
#undef NTK_PASS
  };
  return rows;
}

const Pass* find(std::string_view name) {
  for (const Pass& pass : all())
    if (pass.name == name) return &pass;
  return nullptr;
}

ir::Program run_all(ir::Program program, const After& after) {
  check(program, "before the passes");
  for (const Pass& pass : all()) {
    program = pass.run(program);
    check(program, pass.name);
    if (after) after(pass, program);
  }
  return program;
}

}  // namespace ntkc::passes
