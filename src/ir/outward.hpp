// Primes are pushed outward: f(a', b') is f(a, b)', so that what concerns one sample is computed in the program of one sample.
#pragma once
#include <algorithm>
#include <utility>

#include "ir/builder.hpp"

namespace ntkc::ir {

// make(operands), or the prime of make(operands without their primes) where all are primed or the same for all samples.
template <class Make>
Value outward(Builder& b, std::span<const Value> operands, Make make) {
  const auto primed = [&](Value v) { return b.node(v).op == Op::prime; };
  const auto invariant = [&](Value v) { return b.node(v).stage <= Stage::parameter; };
  const bool push = std::any_of(operands.begin(), operands.end(), primed) &&
                    std::all_of(operands.begin(), operands.end(), [&](Value v) { return primed(v) || invariant(v); });
  if (!push) return make(operands);
  std::vector<Value> plain;
  for (const Value v : operands) plain.push_back(primed(v) ? b.node(v).operands[0] : v);
  return b.prime(make(std::span<const Value>(plain)));
}
template <class Make>
Value outward(Builder& b, std::initializer_list<Value> operands, Make make) {
  return outward(b, std::span(operands.begin(), operands.size()), make);
}

// Of two symmetric operands the one of x comes first, else the earlier.
inline std::pair<Value, Value> ordered(const Builder& b, Value x, Value y) {
  const bool px = b.node(x).op == Op::prime, py = b.node(y).op == Op::prime;
  return (px != py ? px : x > y) ? std::pair(y, x) : std::pair(x, y);
}

}  // namespace ntkc::ir
