#include "plan/slopes.hpp"

#include <algorithm>

namespace ntkc::plan {
namespace {

bool is_dual(const Step& s, int order) {
  return s.kind == Step::Kind::compute && s.op == ir::Op::dual_quadrature && s.order_phi == order && s.order_psi == order;
}

}  // namespace

void join_slopes(std::vector<Step>& block) {
  for (std::size_t i = 0; i < block.size(); ++i) {
    Step& value = block[i];
    if (!is_dual(value, 0)) continue;
    const auto slope = std::find_if(block.begin(), block.end(), [&](const Step& s) {
      return is_dual(s, 1) && s.phi == value.phi && s.psi == value.psi && s.operands == value.operands;
    });
    if (slope == block.end()) continue;
    value.slope = slope->result;
    // At the earlier place: both read the same, and what reads either comes later.
    if (slope < block.begin() + static_cast<std::ptrdiff_t>(i)) {
      *slope = std::move(value);
      block.erase(block.begin() + static_cast<std::ptrdiff_t>(i--));
    } else {
      block.erase(slope);
    }
  }
}

}  // namespace ntkc::plan
