// The functions of the pair program as the engine compiles them, for every instruction set that the machine has.
#include <hwy/highway.h>

#include "../runtime/functions.hpp"
#include "engine/block_ops.hpp"

using namespace ntkc;

namespace {

constexpr expr::Function kAll[] = {
#define NTK_FUNCTION(name, arity) expr::Function::name,
#include "expr/functions.def"
#undef NTK_FUNCTION
};

expr::Function function(const std::string& name) {
  for (const auto f : kAll)
    if (expr::name(f) == name) return f;
  throw std::logic_error(name);
}

}  // namespace

TEST_CASE("the engine's functions keep the errors of their table on every instruction set") {
  std::vector<std::string> sets;
  for (std::int64_t targets = hwy::SupportedTargets() & ~HWY_DISABLED_TARGETS; targets != 0; targets &= targets - 1) {
    hwy::SetSupportedTargetsForTest(targets & -targets);
    hwy::GetChosenTarget().DeInit();
    sets.emplace_back(engine::instruction_set_name());
    if (std::count(sets.begin(), sets.end(), sets.back()) > 1) {  // one that is not compiled runs as another
      sets.pop_back();
      continue;
    }
    for (const test::Row& row : test::rows()) {
      const double worst = test::largest_error(row, 3, 100, [&](const double* x, const double* y, double* out) {
        const engine::Operand operands[] = {{x, 0}, {y, 0}};
        engine::apply(function(row.name), 8, operands, out);
      });
      INFO(sets.back(), ", ", row.name, ": ", worst, " ulp");
      CHECK(worst <= row.most);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
  CHECK(!sets.empty());
  for (const auto& set : sets) MESSAGE(set);
}
