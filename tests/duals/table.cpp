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

const char* const kPath = NTKC_SOURCE_DIR "/tests/duals/table.txt";

std::string digits(const Float100& value) { return value.str(25, std::ios_base::scientific); }

}  // namespace

Point point(const Row& row) {
  const Float100 q1(row.q1), q2(row.q2);
  return {q1, q2, Float100(row.rho) * sqrt(q1 * q2)};
}

const char* without_value(const Use& use, const Row& row, int order) {
  if (order == 1 && use.row->jump) return kNone;
  return has_moments(use, std::max(std::stod(row.q1), std::stod(row.q2))) ? nullptr : kInfinite;
}

std::vector<Row> points(const Use& use) {
  std::vector<Row> rows;
  for (const char* q : kVariances)
    for (const char* rho : kCorrelations) rows.push_back({use.text, q, q, rho, "", ""});
  for (const auto& q : kMixed)
    for (const char* rho : kMixedCorrelations) rows.push_back({use.text, q[0], q[1], rho, "", ""});
  return rows;
}

std::string exact(const Use& use, const Row& row, int order) {
  if (const char* word = without_value(use, row, order)) return word;
  if (!use.row->closed) return *integrated(use, row, order);
  return digits(run(dual(use, order, order), point(row).exact()));
}

std::optional<std::string> integrated(const Use& use, const Row& row, int order) {
  if (use.row->kernel_only || without_value(use, row, order)) return std::nullopt;
  const Point p = point(row);
  const auto side = [&](const Float100& q) { return reference::make_side(use.phi(), order, q, {}); };
  return digits(reference::integral(side(p.q1), side(p.q2), p.c, {}));
}

std::vector<Row> read_table() {
  std::ifstream file(kPath);
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

void write_table(const std::vector<Row>& rows) {
  std::ofstream file(kPath);
  for (const Row& row : rows)
    if (!row.kappa.empty()) file << to_text(row) << "\n";
}

std::string to_text(const Row& r) { return fmt::format("{}; {}; {}; {}; {}; {}", r.use, r.q1, r.q2, r.rho, r.kappa, r.kappa_dot); }

}  // namespace ntkc::test
