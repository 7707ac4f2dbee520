// How the pairs of a matrix are computed, and what the cost model knows of it without data.
#pragma once
#include <string>

#include "plan/plan.hpp"

namespace ntkc::plan {

struct Choice {
  enum class Collapse {
    none,       // by the recursion
    on_data,    // to polynomials that are fitted to the recursion, where these are cheaper (ntk/runtime/collapse_choice.hpp)
    generated,  // generated code has series (plan/homogeneous.hpp); the engine fits its own
  } collapse = Collapse::none;
  double recursion = 0;                         // multiply-adds a pair, more or less
  std::size_t plus_terms = 0, minus_terms = 0;  // of the series, for correlations above -1/4 and below
};

Choice choice(const Plan& plan);
std::string to_text(const Choice& choice);  // one line

}  // namespace ntkc::plan
