// Optimisation: programs to programs of the same meaning. A row in passes.def is a pass, its place in the file its place in the order.
#pragma once
#include <functional>
#include <span>
#include <string_view>

#include "ir/program.hpp"

namespace ntkc::passes {

struct Pass {
  std::string_view name;    // of --dump-after
  std::string_view reason;  // why it stands where it stands
  ir::Program (*run)(const ir::Program&) = nullptr;
};

std::span<const Pass> all();              // in order
const Pass* find(std::string_view name);  // nullptr if there is none

// All passes in order. The verifier runs before the first and after each (std::logic_error says what broke and where); then `after` is
// called.
using After = std::function<void(const Pass&, const ir::Program&)>;
ir::Program run_all(ir::Program program, const After& after = {});

}  // namespace ntkc::passes
