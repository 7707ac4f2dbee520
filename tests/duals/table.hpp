// The table of expectations: kappa and kappa-dot of activations with a closed form by integration of the definition, tests/duals/table.txt.
// Those that are evaluated by series and quadrature stand in tests/road/duals.txt.
// Lines `use; q1; q2; rho; kappa; kappa-dot`, rho as a decimal that is meant exactly, values with 25 digits, - where there is none.
#pragma once
#include <string>
#include <vector>

#include "numeric/real.hpp"
#include "tests/activations/uses.hpp"

namespace ntkc::test {

using numeric::Float100;

struct Row {
  std::string use, q1, q2, rho, kappa, kappa_dot;
};
std::vector<Row> points(const Use& use);  // without values: variances and correlations that all activations are judged at
std::string integrated(const Use& use, const Row& row, int order);  // E[phi^(order)(u) phi^(order)(v)] by the judge, as in the table
std::vector<Row> read_table();
std::string to_text(const Row& row);

}  // namespace ntkc::test
