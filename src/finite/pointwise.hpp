// A scalar function with its derivatives, on many numbers at once.
#pragma once
#include <cstddef>
#include <vector>

#include "expr/expr.hpp"

namespace ntkc::finite {

class Pointwise {
 public:
  Pointwise(const expr::Expr& phi, const expr::ParamValues& params);

  // to[i] = the derivative of order 0, 1 or 2 at from[i]; at kinks either side. T: double or long double.
  template <class T>
  void apply(int order, const T* from, T* to, std::size_t count) const;

 private:
  std::vector<expr::Expr> orders_;
  expr::ParamValues params_;
};

}  // namespace ntkc::finite
