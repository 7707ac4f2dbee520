// A function as pieces that are analytic: between the places where its conditions change.
#pragma once
#include <optional>
#include <vector>

#include "expr/interval.hpp"

namespace ntkc::expr {

// e without abs, sign, step, min, max, comparisons and choices: the branches that are taken everywhere in x. nullopt: not the same ones, or
// not known to be.
std::optional<Expr> resolved(const Expr& e, Interval x);

struct AnalyticPiece {
  Interval x;
  bool kink_low, kink_high;  // false: only the expression changes there, not the function (as far as `breaks` sees), or x is infinite
  Expr f;
};

// Of a function without params, low to high. Ends that are no doubles are rounded to nearest, and f is the one that holds from kEndSlack
// beside them. nullopt: a jump, unless `jumps`, or a condition whose zeros are not known. Where zeros have no end, what lies beyond those
// that are known is one piece more on each side, whose f has its conditions and is not analytic.
inline constexpr double kEndSlack = 4 * std::numeric_limits<double>::epsilon();  // relative
std::optional<std::vector<AnalyticPiece>> analytic_pieces(const Expr& e, bool jumps = false);

}  // namespace ntkc::expr
