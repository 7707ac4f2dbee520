#include "expr/even_odd.hpp"

#include <unordered_map>

namespace ntkc::expr {
namespace {

using Answer = std::optional<EvenOdd>;

bool vanishes(const Expr& e) { return e.is_constant() && e.value() == numeric::Number(0); }
Expr sum(const Expr& a, const Expr& b) { return vanishes(a) ? b : vanishes(b) ? a : a + b; }
Expr product(const Expr& a, const Expr& b) { return vanishes(a) || vanishes(b) ? Expr(0) : a * b; }

Answer of_sum(const EvenOdd& a, const EvenOdd& b, int sign) {
  return EvenOdd{sum(a.even, product(sign, b.even)), sum(a.odd, product(sign, b.odd))};
}
EvenOdd of_product(const EvenOdd& a, const EvenOdd& b) {
  return {sum(product(a.even, b.even), product(a.odd, b.odd)), sum(product(a.even, b.odd), product(a.odd, b.even))};
}

// Expressions share what they have in common: each is divided once.
class Division {
 public:
  Answer operator()(const Expr& e) {
    if (const auto known = known_.find(e.identity()); known != known_.end()) return known->second;
    const Answer made = divided(e);
    known_.emplace(e.identity(), made);
    return made;
  }

 private:
  Answer divided(const Expr& e) {
    const Parity whole = parity(e);
    if (whole == Parity::even) return EvenOdd{e, 0};
    if (whole == Parity::odd) return EvenOdd{0, e};
    std::vector<EvenOdd> args;
    for (const Expr& arg : e.args()) {
      const Answer part = (*this)(arg);
      if (!part) return std::nullopt;
      args.push_back(*part);
    }
    const EvenOdd& a = args[0];
    const bool odd = vanishes(a.even);
    switch (e.function()) {
      case Function::add:
        return of_sum(a, args[1], 1);
      case Function::sub:
        return of_sum(a, args[1], -1);
      case Function::neg:
        return of_sum({}, a, -1);
      case Function::mul:
        return of_product(a, args[1]);
      case Function::div:
        if (!vanishes(args[1].odd)) return std::nullopt;
        return of_product(a, {1 / args[1].even, 0});
      case Function::sigmoid:
        return odd ? Answer({0.5, tanh(a.odd / 2) / 2}) : std::nullopt;
      case Function::norm_cdf:
        return odd ? Answer({0.5, erf(a.odd / sqrt(Expr(2))) / 2}) : std::nullopt;
      case Function::min:
      case Function::max:
        return of_extreme(e, a, args[1]);
      default:
        return std::nullopt;
    }
  }
  // (a + b +- |a - b|) / 2, where a - b is odd.
  static Answer of_extreme(const Expr& e, const EvenOdd& a, const EvenOdd& b) {
    const Answer gap = of_sum(a, b, -1), whole = of_sum(a, b, 1);
    if (!vanishes(simplify(gap->even))) return std::nullopt;
    const Expr apart = abs(gap->odd), even = e.is(Function::max) ? whole->even + apart : whole->even - apart;
    return EvenOdd{even / 2, product(0.5, whole->odd)};
  }
  std::unordered_map<const void*, Answer> known_;  // looked up, never iterated
};

}  // namespace

Answer even_and_odd(const Expr& e) {
  Answer parts = Division()(e);
  if (parts) parts = EvenOdd{simplify(parts->even), simplify(parts->odd)};
  return parts;
}

}  // namespace ntkc::expr
