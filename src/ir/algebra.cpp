// Scalar calls: constants fold, and what is right for all reals is simplified at once.
#include <algorithm>

#include "ir/builder.hpp"

namespace ntkc::ir {

using expr::Function;

namespace {

bool commutes(Function f) {
  return f == Function::add || f == Function::mul || f == Function::min || f == Function::max || f == Function::equal ||
         f == Function::logical_and || f == Function::logical_or;
}

bool is_call(const Node& node, Function f) { return node.op == Op::call && node.function == f; }

}  // namespace

Value Builder::simplified_call(Function f, std::span<const Value> args) {
  if (std::all_of(args.begin(), args.end(), [&](Value v) { return node(v).op == Op::constant; })) {
    std::vector<expr::Expr> numbers;
    for (const Value v : args) numbers.emplace_back(node(v).number);
    const expr::Expr folded = expr::Expr::call(f, std::move(numbers));
    if (folded.is_constant() && folded.value().is_finite()) return constant(folded.value());
  }
  const Value x = args[0], y = args.size() > 1 ? args[1] : args[0];
  const auto arg = [&](Value v, std::size_t i) { return node(v).operands[i]; };
  const auto negated = [&](Value v) { return is_call(node(v), Function::neg); };
  const auto is = [&](Value v, double number) { return is_constant(v, number); };
  switch (f) {
    case Function::add:
      if (is(x, 0)) return y;
      if (is(y, 0)) return x;
      if (x == y) return call(Function::mul, {constant(2), x});
      if (negated(y)) return call(Function::sub, {x, arg(y, 0)});
      if (negated(x)) return call(Function::sub, {y, arg(x, 0)});
      break;
    case Function::sub:
      if (is(y, 0)) return x;
      if (x == y) return constant(0);
      if (is(x, 0)) return call(Function::neg, {y});
      if (negated(y)) return call(Function::add, {x, arg(y, 0)});
      break;
    case Function::mul:
      if (is(x, 0) || is(y, 0)) return constant(0);
      if (is(x, 1)) return y;
      if (is(y, 1)) return x;
      if (is(x, -1)) return call(Function::neg, {y});
      if (is(y, -1)) return call(Function::neg, {x});
      if (negated(x) && negated(y)) return call(Function::mul, {arg(x, 0), arg(y, 0)});
      if (negated(x)) return call(Function::neg, {call(Function::mul, {arg(x, 0), y})});
      if (negated(y)) return call(Function::neg, {call(Function::mul, {x, arg(y, 0)})});
      break;
    case Function::div:
      if (is(x, 0)) return constant(0);
      if (is(y, 1)) return x;
      if (is(y, -1)) return call(Function::neg, {x});
      break;
    case Function::neg:
      if (negated(x)) return arg(x, 0);
      if (is_call(node(x), Function::sub)) return call(Function::sub, {arg(x, 1), arg(x, 0)});
      break;
    case Function::pow:
      if (is(y, 0)) return constant(1);
      if (is(y, 1)) return x;
      if (is(y, 2)) return call(Function::mul, {x, x});
      if (is(y, 3)) return call(Function::mul, {x, call(Function::mul, {x, x})});
      if (is(y, 0.5)) return call(Function::sqrt, {x});
      if (is(y, -1)) return call(Function::div, {constant(1), x});
      break;
    case Function::min:
    case Function::max:
      if (x == y) return x;
      break;
    case Function::less:
      if (x == y) return constant(0);
      break;
    case Function::less_equal:
    case Function::equal:
      if (x == y) return constant(1);
      break;
    case Function::logical_and:
      if (is(x, 0) || is(y, 0)) return constant(0);
      break;
    case Function::logical_or:
      if (node(x).op == Op::constant && !is(x, 0)) return constant(1);
      if (node(y).op == Op::constant && !is(y, 0)) return constant(1);
      break;
    case Function::select:
      if (node(x).op == Op::constant) return is(x, 0) ? args[2] : args[1];
      if (args[1] == args[2]) return args[1];
      break;
    default:
      break;
  }
  Node made;
  made.op = Op::call;
  made.function = f;
  made.operands.assign(args.begin(), args.end());
  if (commutes(f)) std::sort(made.operands.begin(), made.operands.end());
  return intern(std::move(made));
}

}  // namespace ntkc::ir
