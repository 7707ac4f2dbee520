#include "expr/interval.hpp"

#include "numeric/real.hpp"

namespace ntkc::expr {

Interval interval(const numeric::Number& number) {
  const double nearest = number.to_double();
  if (std::isnan(nearest)) return kAllReals;
  if (std::isinf(nearest)) return nearest > 0 ? Interval{kLargest, kInfinity} : Interval{-kInfinity, -kLargest};
  if (number == numeric::Number(nearest)) return {nearest, nearest};
  return number < numeric::Number(nearest) ? Interval{std::nextafter(nearest, -kInfinity), nearest}
                                           : Interval{nearest, next_above(nearest)};
}

Seams operator&(const Seams& a, const Seams& b) { return {a.smooth && b.smooth, a.continuous && b.continuous, a.defined && b.defined}; }

}  // namespace ntkc::expr
