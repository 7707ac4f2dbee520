#include <algorithm>

#include "ir/program.hpp"

namespace ntkc::ir {

Stage join(Stage a, Stage b) {
  if (a > b) std::swap(a, b);
  return a == Stage::sample && b == Stage::primed ? Stage::pair : b;
}

}  // namespace ntkc::ir
