// When a sum may be evaluated part by part: only while little of it cancels, at all variances.
#include <algorithm>
#include <cmath>
#include <limits>

#include "activations/parts.hpp"
#include "expr/apply.hpp"

namespace ntkc::activations {
namespace {

constexpr double kVariances[] = {1e-12, 1e-9, 1e-6, 1e-3, 0.1, 0.3, 1, 3, 10, 100, 1e3, 1e4};
// Rounding is multiplied by what cancels; of polynomials, whose squares are summed after it (powers.hpp), by its root.
constexpr std::size_t kMostParts = 12;  // pairs of them cost more than a series
constexpr double kMost = 100, kMostOfPolynomials = 1e4;

// A program over the param q.
double run(const ir::Program& program, ir::Value value, double q) {
  std::vector<double> values;
  for (const ir::Node& node : program.nodes) {
    double args[3] = {};
    for (std::size_t i = 0; i < node.operands.size() && node.op == ir::Op::call; ++i) args[i] = values[node.operands[i]];
    values.push_back(node.op == ir::Op::constant ? node.number.to_double()
                     : node.op == ir::Op::call   ? expr::apply<double>(node.function, args)
                                                 : q);
  }
  return values[value];
}

bool is_known(const Part& p) { return p.factor.is_constant() && p.rate.is_constant(); }
bool is_power(const Part& p) { return p.kind == Part::Kind::power; }

}  // namespace

double cancellation(const Parts& parts) {
  if (parts.size() == 1) return 1;
  if (!std::ranges::all_of(parts, is_known)) return std::numeric_limits<double>::infinity();
  double most = 1;
  for (const int order : {0, 1}) {
    ir::Program program;
    ir::Builder b(program);
    const Value q = b.param("q"), zero = b.constant(0);
    const auto moment = [&](const Parts& p) { return expectation(b, p, order, p, order, {q, q, q, zero, zero}); };
    const std::optional<Num> kappa = moment(parts);
    if (!kappa) continue;  // no derivative: no NTK
    Num roots = number(b, 0);
    for (const Part& p : parts) roots = roots + sqrt(*moment({p}));
    for (const double at : kVariances) {
      const double sum = run(program, roots.v, at), value = run(program, kappa->v, at), ratio = sum * sum / value;
      if (sum == 0 || !std::isfinite(sum * sum)) continue;  // nothing there, or beyond the range of numbers
      most = std::max(most, value > 0 ? ratio : std::numeric_limits<double>::infinity());
    }
  }
  return most;
}

std::optional<Parts> recognized(const graph::ActivationUse& use) {
  const Activation* row = use.built_in ? find(use.name) : nullptr;
  if (row && row->kernel_only) return std::nullopt;
  std::optional<Parts> found = parts(use.phi);
  if (found && found->size() > kMostParts && !std::ranges::all_of(*found, is_power)) return std::nullopt;
  if (found && cancellation(*found) > (std::ranges::all_of(*found, is_power) ? kMostOfPolynomials : kMost)) return std::nullopt;
  return found;
}

}  // namespace ntkc::activations
