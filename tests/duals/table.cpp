#include "table.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "reference/integral.hpp"

namespace ntkc::test {
namespace {

const char* const kVariances[] = {"1e-6", "0.1", "1", "10", "100"};
const char* const kCorrelations[] = {"-1", "-0.999999", "-0.5", "0", "0.5", "0.9", "0.999", "0.999999999", "1"};
const char* const kMixed[][2] = {{"1e-6", "1"}, {"0.1", "10"}, {"1", "100"}};
const char* const kMixedCorrelations[] = {"-0.5", "0.9", "0.999999999"};

// Moments may be finite for small variances only.
bool finite(const Use& use, const std::string& q) {
  if (!use.row->largest_variance) return true;
  const auto most = use.row->largest_variance(use.args);
  return !most || std::stod(q) < expr::evaluate(*most, 0, {});
}

}  // namespace

std::vector<Row> points(const Use& use) {
  std::vector<Row> rows;
  const auto add = [&](const std::string& q1, const std::string& q2, const char* rho) {
    if (finite(use, q1) && finite(use, q2)) rows.push_back({use.text, q1, q2, rho, "", ""});
  };
  for (const char* q : kVariances)
    for (const char* rho : kCorrelations) add(q, q, rho);
  for (const auto& q : kMixed)
    for (const char* rho : kMixedCorrelations) add(q[0], q[1], rho);
  return rows;
}

std::string integrated(const Use& use, const Row& row, int order) {
  const Float100 q1(row.q1), q2(row.q2), rho(row.rho);
  const auto side = [&](const Float100& q) { return reference::make_side(use.phi(), order, q, {}); };
  return reference::integral(side(q1), side(q2), Float100(rho * sqrt(q1 * q2)), {}).str(25, std::ios_base::scientific);
}

std::vector<Row> read_table() {
  std::ifstream file(std::string(NTKC_SOURCE_DIR) + "/tests/duals/table.txt");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    Row row;
    for (std::string* field : {&row.use, &row.q1, &row.q2, &row.rho, &row.kappa, &row.kappa_dot})
      std::getline(fields >> std::ws, *field, ';');
    rows.push_back(row);
  }
  return rows;
}

std::string to_text(const Row& r) { return fmt::format("{}; {}; {}; {}; {}; {}", r.use, r.q1, r.q2, r.rho, r.kappa, r.kappa_dot); }

}  // namespace ntkc::test
