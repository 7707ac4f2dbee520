// Which closed forms are differentiated as arithmetic: those without integrals.
#include <algorithm>
#include <set>

#include "activations/differences.hpp"
#include "passes/differentiate/tangents.hpp"
#include "passes/duals.hpp"

namespace ntkc::passes {
namespace {

using ir::Op;
using ir::Value;

bool is_integral(expr::Function f) {
  switch (f) {
#define NTK_FUNCTION(name, arity)
#define NTK_FORM NTK_FUNCTION
#define NTK_WEDGE(name, arity) case expr::Function::name:
#include "expr/functions.def"
#undef NTK_FUNCTION
    return true;
    default:
      return false;
  }
}

// From the operands of the expectation to its value.
bool is_arithmetic(const ir::Builder& b, Value value, const std::set<Value>& operands) {
  std::set<Value> seen = operands;
  std::vector<Value> work{value};
  while (!work.empty()) {
    const Value v = work.back();
    work.pop_back();
    if (!seen.insert(v).second) continue;
    const ir::Node& node = b.node(v);
    if (node.op == Op::call ? is_integral(node.function) : node.op != Op::constant && node.op != Op::param && node.op != Op::prime)
      return false;
    work.insert(work.end(), node.operands.begin(), node.operands.end());
  }
  return true;
}

bool is_arithmetic(const ir::Builder& b, Value value, const ir::Builder::Covariance& k) {
  std::set<Value> operands;
  for (const Value v : {k.q1, k.q2, k.c, k.distance, k.gram}) {
    operands.insert(v);
    if (b.node(v).op == Op::prime) operands.insert(b.node(v).operands[0]);  // a form of x' alone is the prime of one of x
  }
  return is_arithmetic(b, value, operands);
}

}  // namespace

Value known_mean(ir::Builder& b, std::uint32_t phi, int order, Value q) {
  const Value form = choose_mean(b, phi, order, q);
  return is_arithmetic(b, form, ir::Builder::Covariance{q, q, q, q, q}) ? form : b.mean(phi, order, q);
}

Value known_dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const ir::Builder::Covariance& k) {
  const Value form = choose_dual(b, phi, psi, order_phi, order_psi, k);
  return is_arithmetic(b, form, k) ? form : b.dual(phi, psi, order_phi, order_psi, k);
}

Value known_distance(ir::Builder& b, std::uint32_t phi, const ir::Builder::Covariance& k) {
  const Value form = choose_distance(b, phi, k);
  return is_arithmetic(b, form, k) ? form : b.dual_distance(phi, k);
}

// Where there is no form, from the distance; of odd and even functions it is that of |c|, near rho = -1 too.
Value known_gram(ir::Builder& b, std::uint32_t phi, const ir::Builder::Covariance& k) {
  const Value form = choose_gram(b, phi, k);
  const expr::Expr f = b.program().activations[phi].phi;
  if (is_arithmetic(b, form, k)) return form;
  if (!expr::is_continuous(expr::breaks(f))) return b.dual_gram(phi, k);
  activations::K near(b, k);
  if (expr::parity(f) != expr::Parity::none) near = folded(near);
  const Value zero = b.constant(0);
  const ir::Builder::Covariance folded{k.q1, k.q2, near.c.v, near.D.v, k.gram};
  const auto moment = [&](const ir::Builder::Covariance& at) { return num(b, known_dual(b, phi, phi, 0, 0, at)); };
  return activations::gram_from_distance(moment({k.q1, k.q1, k.q1, zero, zero}), moment({k.q2, k.q2, k.q2, zero, zero}), moment(folded),
                                         num(b, known_distance(b, phi, folded)))
      .v;
}

}  // namespace ntkc::passes
