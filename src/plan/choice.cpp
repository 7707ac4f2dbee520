#include "plan/choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plan/collapse.hpp"
#include "plan/homogeneous.hpp"

namespace ntkc::plan {
namespace {

std::size_t most_terms(const std::vector<std::vector<double>>& series) {
  std::size_t most = 0;
  for (const auto& of : series) most = std::max(most, of.size());
  return most;
}

}  // namespace

Choice choice(const Plan& plan) {
  Choice out;
  out.recursion = pair_cost(plan);
  if (!is_of_norms(plan)) return out;
  out.collapse = Choice::Collapse::on_data;
  if (const auto series = kernel_series(plan)) {
    out.collapse = Choice::Collapse::generated;
    out.plus_terms = most_terms(series->plus), out.minus_terms = most_terms(series->minus);
  }
  return out;
}

std::string to_text(const Choice& c) {
  switch (c.collapse) {
    case Choice::Collapse::none:
      return fmt::format("pairs: by the recursion, {} multiply-adds", c.recursion);
    case Choice::Collapse::on_data:
      return fmt::format(
          "collapses: a function of two norms and an angle; pairs by polynomials (m terms in the angle, n in a norm: m (n/2 + 2.5) "
          "multiply-adds; a fit takes n^2 m pairs of the recursion) or by the recursion ({} multiply-adds), whichever costs less on the "
          "data",
          c.recursion);
    case Choice::Collapse::generated:
      return fmt::format(
          "collapsed at compile time: a function of an angle; pairs by series of {} terms, of {} for correlations below -1/4 (3 "
          "multiply-adds a term; fewer terms on a part of the angles), or by the recursion ({} multiply-adds) near +-1 and in small "
          "matrices",
          c.plus_terms, c.minus_terms, c.recursion);
  }
  return "";
}

}  // namespace ntkc::plan
