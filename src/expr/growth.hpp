// How fast a function may grow or must grow as t goes to infinity: where intervals say inf * 0, x exp(-x) is known to vanish.
#pragma once
#include <optional>

#include "expr/interval.hpp"

namespace ntkc::expr {

// factor t^power exp(-rate t), for t >= start >= 1.
struct Scale {
  double log_factor = 0, power = 0, rate = 0;
};
struct Growth {
  std::optional<Scale> most, least;  // of |f|
};

// What the growth of exp(g), and of functions that are exponential on one side, is made of: g at the start, and its slope from there on.
struct Ahead {
  Interval at_start = kAllReals, slope = kAllReals;
};

// Of f(args), whose values are in `range`.
Growth growth(Function f, const Range* args, const Growth* growths, const Ahead& first, const Range& range, double start);
Growth growth_of_variable();
Growth growth_within(Interval range);  // of what stays within it

// The values in the range that the growth allows.
Interval tightened(Interval range, const Growth& growth, double start);
// Functions of one argument for which `Ahead` is needed.
bool looks_ahead(Function f);

}  // namespace ntkc::expr
