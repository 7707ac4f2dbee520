// Functions that certificates are tried on, as the runtime calls them.
#pragma once
#include <cmath>
#include <string_view>
#include <vector>

#include "activations/activation.hpp"
#include "expr/expr.hpp"
#include "passes/duals/coefficients.hpp"

namespace ntkc::test {

using passes::Callable;

inline expr::Expr phi(std::string_view name) { return activations::find(name)->phi({}); }

// h_k(z) of every degree below `count`.
template <class T>
std::vector<T> polynomials(T z, std::size_t count) {
  std::vector<T> h{1, z};
  for (std::size_t k = 1; h.size() < count; ++k) h.push_back((z * h[k] - std::sqrt(T(k)) * h[k - 1]) / std::sqrt(T(k + 1)));
  return h;
}

}  // namespace ntkc::test
