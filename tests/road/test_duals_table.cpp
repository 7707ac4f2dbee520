// Every activation in a network of one hidden layer, from text to numbers, against the table of expectations (tests/duals/table.hpp).
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/duals/table.hpp"
#include "tests/road/kernels.hpp"

using namespace ntkc;
using namespace ntkc::tests;

namespace {

// Behind layers of weight 1 and no bias kappa and kappa + c kappa-dot.
std::vector<double> kernels_of(const test::Row& row, bool ntk) {
  std::vector<double> values{std::stod(row.kappa)};
  if (ntk) values.push_back(values[0] + static_cast<double>(test::point(row).c) * std::stod(row.kappa_dot));
  return values;
}

// The rows of samples with themselves.
std::vector<test::Row> own(const std::vector<test::Row>& rows) {
  std::vector<test::Row> found;
  std::ranges::copy_if(rows, std::back_inserter(found), [](const test::Row& row) { return row.q1 == row.q2 && row.rho == "1"; });
  return found;
}

}  // namespace

TEST_CASE("kappa and kappa-dot of every activation at every variance and correlation") {
  const std::vector<test::Row> table = test::read_table();
  for (const test::Use& use : test::all_uses()) {
    CAPTURE(use.text);
    const bool ntk = !use.row->jump;
    const driver::Compilation c = compile("ntk 1\nnetwork n { input x: [2]; dense; " + use.text + "; dense }\n", ntk);
    REQUIRE(c.ok());
    std::vector<test::Row> rows;
    for (const test::Row& row : table)
      if (row.use == use.text && !test::without_value(use, row, 0)) rows.push_back(row);
    const std::vector<test::Row> norms = own(rows);
    Samples left, right;
    for (const test::Row& row : norms) left.push_back({static_cast<double>(sqrt(2 * test::point(row).q1)), 0});
    for (const test::Row& row : rows) {
      const test::Float100 rho(row.rho), radius = sqrt(2 * test::point(row).q2);
      right.push_back({static_cast<double>(radius * rho), static_cast<double>(radius * sqrt((1 - rho) * (1 + rho)))});
    }
    const std::vector<double> x = flat(left), y = flat(right);
    Keep kernels(c.plans[0].outputs.size(), left.size(), right.size());
    engine::Evaluator(c.plans[0], {}, {.threads = 1}).cross({x.data(), left.size(), 2}, {y.data(), right.size(), 2}, kernels);
    const auto of_norm = [&](const std::string& q) {
      return static_cast<std::size_t>(std::ranges::find(norms, q, &test::Row::q1) - norms.begin());
    };
    double worst = 0;
    std::string place;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t u = of_norm(rows[i].q1), v = of_norm(rows[i].q2);
      const auto exact = kernels_of(rows[i], ntk), at_u = kernels_of(norms[u], ntk), at_v = kernels_of(norms[v], ntk);
      for (std::size_t o = 0; o < exact.size(); ++o) {
        const double scale = std::sqrt(at_u[o] * at_v[o]), error = std::abs(kernels.at(o, u, i) - exact[o]) / (scale > 0 ? scale : 1);
        if (!(error <= worst)) worst = error, place = test::to_text(rows[i]);
      }
    }
    CAPTURE(place);
    CHECK(worst <= 1e-13);  // a tenth of the tolerance
  }
}
