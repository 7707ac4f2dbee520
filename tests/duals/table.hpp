// The table of expectations: kappa and kappa-dot of every activation of the registry in 100 digits, tests/duals/table.txt.
// Lines `use; q1; q2; rho; kappa; kappa-dot`, rho as a decimal that is meant exactly, values with 25 digits, `-` where a jump has no
// kappa-dot, `infinite` where the registry says that no second moment is finite.
#pragma once
#include <string>
#include <vector>

#include "numeric/real.hpp"
#include "tests/activations/run.hpp"

namespace ntkc::test {

using numeric::Float100;

inline constexpr const char *kNone = "-", *kInfinite = "infinite";

struct Row {
  std::string use, q1, q2, rho, kappa, kappa_dot;
  const std::string& value(int order) const { return order == 0 ? kappa : kappa_dot; }
};
std::vector<Row> points(const Use& use);  // without values: variances and correlations that all activations are judged at

Point point(const Row& row);
const char* without_value(const Use& use, const Row& row, int order);  // the word that stands there, or nullptr

// E[phi^(order)(u) phi^(order)(v)] as in the table: by the activation's closed form in 100 digits or, where it has none, by definition.
std::string exact(const Use& use, const Row& row, int order);
// By definition, the judge's integral; nullopt: there is no value, or no function behind the kernel.
std::optional<std::string> integrated(const Use& use, const Row& row, int order);

std::vector<Row> read_table();
void write_table(const std::vector<Row>& rows);  // those that have values
std::string to_text(const Row& row);

}  // namespace ntkc::test
