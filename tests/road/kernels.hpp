// Kernels of one compiled network: from the engine, and from the judge.
#pragma once
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "driver/pipeline.hpp"
#include "engine/engine.hpp"
#include "reference/evaluate.hpp"

namespace ntkc::tests {

using Samples = std::vector<std::vector<double>>;

// kept: the tolerance is; otherwise nothing is promised.
inline driver::Compilation compile(const std::string& text, bool ntk, bool kept = true) {
  MemoryProvider files({{"n.ntk", text}});
  return driver::compile(
      files, {.spec = "n.ntk", .include_dirs = {}, .defines = {}, .network = "", .fold = {}, .kernels = {true, ntk}, .is_kept = kept});
}

inline std::size_t columns_of(const ir::Program& program) {
  std::size_t n = 0;
  for (const graph::Shape& shape : program.input_shapes) n += *shape.channels.size;
  return n;
}

// Rows that kernels find hard: duplicates, neighbours, opposites, nothing at all, small norms and (`large`) large ones.
inline Samples hard_samples(std::size_t d, double large) {
  Samples s(9, std::vector<double>(d));
  for (std::size_t k = 0; k < d; ++k) {
    const double a = std::sin(1.7 * static_cast<double>(k) + 0.3), b = std::cos(2.3 * static_cast<double>(k * k) + 1.1);
    s[0][k] = a;
    s[1][k] = a + 1e-9 * b;
    s[2][k] = a;
    s[3][k] = -a;
    s[4][k] = 0;
    s[5][k] = 1e-3 * b;
    s[6][k] = large * (a - 0.5 * b);
    s[7][k] = b;
    s[8][k] = 1.25 * a;
  }
  return s;
}

// Their correlation is 1 or -1, or nearly: what one digit of a covariance is there, is half as many digits of an angle.
inline bool aligned(std::size_t i, std::size_t j) {
  const auto direction = [](std::size_t k) { return k <= 3 || k == 8 ? 0u : k == 5 || k == 7 ? 5u : k; };
  return direction(i) == direction(j);
}

struct Keep : engine::TileSink {
  std::size_t columns;
  std::vector<std::vector<double>> values;
  Keep(std::size_t outputs, std::size_t n, std::size_t m) : columns(m), values(outputs, std::vector<double>(n * m, std::nan(""))) {}
  bool write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) override {
    for (std::size_t i = 0; i < tile.rows; ++i)
      for (std::size_t j = 0; j < tile.columns; ++j) values[output][(row + i) * columns + column + j] = tile.row(i)[j];
    return true;
  }
  double at(std::size_t output, std::size_t i, std::size_t j) const { return values[output][i * columns + j]; }
};

inline std::vector<double> flat(const Samples& s) {
  std::vector<double> all;
  for (const auto& row : s) all.insert(all.end(), row.begin(), row.end());
  return all;
}

// gram: rows with themselves; else each pair as two different samples.
inline Keep run(const driver::Compilation& c, const Samples& s, bool gram) {
  const std::vector<double> values = flat(s);
  const engine::Rows rows{values.data(), s.size(), s[0].size()};
  const engine::Evaluator evaluator(c.plans[0], {}, {.threads = 1});
  Keep keep(c.plans[0].outputs.size(), s.size(), s.size());
  if (gram)
    evaluator.gram(rows, keep);
  else
    evaluator.cross(rows, rows, keep);
  return keep;
}

using Values = std::map<std::string, double>;
inline Values judge(const ir::Program& program, const std::vector<double>& x, const std::vector<double>& y, bool same = false) {
  Values values;
  for (const auto& [name, number] : reference::evaluate(program, x, y, {}, same)) values[name] = number.to_double();
  return values;
}

}  // namespace ntkc::tests
