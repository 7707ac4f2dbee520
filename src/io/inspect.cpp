#include "io/inspect.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include <xxhash.h>

namespace ntkc::io {
namespace {

struct Hashed {
  XXH128_hash_t hash;
  std::size_t row;
};

std::vector<Hashed> hashes(const Matrix& m) {
  std::vector<Hashed> rows;
  rows.reserve(m.rows);
  for (std::size_t i = 0; i < m.rows; ++i) rows.push_back({XXH3_128bits(m.row(i), m.columns * sizeof(double)), i});
  std::ranges::sort(rows, [](const Hashed& a, const Hashed& b) {
    const int order = XXH128_cmp(&a.hash, &b.hash);
    return order != 0 ? order < 0 : a.row < b.row;
  });
  return rows;
}

void duplicates(const Matrix& m, std::size_t first, Diagnostics& diagnostics) {
  const auto rows = hashes(m);
  std::size_t count = 0, earlier = 0, later = m.rows;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (!XXH128_isEqual(rows[i - 1].hash, rows[i].hash)) continue;
    if (std::memcmp(m.row(rows[i - 1].row), m.row(rows[i].row), m.columns * sizeof(double)) != 0) continue;
    ++count;
    if (rows[i].row < later) earlier = rows[i - 1].row, later = rows[i].row;
  }
  if (count > 0) diagnostics.report_global(Code::duplicate_rows, m.name, count, first + later, first + earlier);
}

void zeros(const Matrix& m, std::size_t first, Diagnostics& diagnostics) {
  std::size_t count = 0, where = 0;
  for (std::size_t i = 0; i < m.rows; ++i) {
    if (!std::all_of(m.row(i), m.row(i) + m.columns, [](double v) { return v == 0; })) continue;
    if (count++ == 0) where = i;
  }
  if (count > 0) diagnostics.report_global(Code::zero_rows, m.name, count, first + where);
}

void constants(const Matrix& m, Diagnostics& diagnostics) {
  if (m.rows < 2 || m.columns < 2) return;
  std::vector<std::size_t> constant(m.columns);
  std::iota(constant.begin(), constant.end(), std::size_t(0));
  for (std::size_t i = 1; i < m.rows && !constant.empty(); ++i)
    std::erase_if(constant, [&](std::size_t j) { return m.row(i)[j] != m.row(0)[j]; });
  if (!constant.empty()) diagnostics.report_global(Code::constant_columns, m.name, constant.size(), m.columns, constant[0]);
}

}  // namespace

void inspect(const Matrix& m, std::size_t first, Diagnostics& diagnostics) {
  duplicates(m, first, diagnostics);
  zeros(m, first, diagnostics);
  constants(m, diagnostics);
}

}  // namespace ntkc::io
