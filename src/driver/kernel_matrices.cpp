#include "driver/kernel_matrices.hpp"

#include <cmath>

namespace ntkc::driver {
namespace {

engine::Rows view(const Data& data, std::size_t begin, std::size_t end) {
  return {data.samples.row(begin), end - begin, data.samples.columns};
}
engine::Rows view(const Data& data) { return view(data, 0, data.samples.rows); }

using inference::Matrix;
inference::Index index(std::size_t i) { return static_cast<inference::Index>(i); }

expr::ParamValues defaults(const plan::Plan& plan) {
  expr::ParamValues params;
  for (const auto& p : plan.params) params[p.name] = p.value;
  return params;
}

engine::Options with_threads(unsigned threads) {
  engine::Options options;
  options.threads = threads;
  return options;
}

class Collector : public engine::TileSink {
 public:
  Collector(std::size_t outputs, std::size_t rows, std::size_t columns) : matrices(outputs, Matrix(index(rows), index(columns))) {}
  bool write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) override {
    for (std::size_t i = 0; i < tile.rows; ++i) std::copy_n(tile.row(i), tile.columns, &matrices[output](index(row + i), index(column)));
    return true;
  }
  std::vector<Matrix> matrices;
};

class Block : public engine::TileSink {
 public:
  Block(std::size_t output, inference::MatrixOut to) : output_(output), to_(to) {}
  bool write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) override {
    for (std::size_t i = 0; i < tile.rows && output == output_; ++i)
      std::copy_n(tile.row(i), tile.columns, &to_(index(row + i), index(column)));
    return true;
  }

 private:
  std::size_t output_;
  inference::MatrixOut to_;
};

}  // namespace

KernelMatrices::KernelMatrices(const plan::Plan& plan, unsigned threads)
    : plan_(plan), evaluator_(plan, defaults(plan), with_threads(threads)) {}

std::vector<Matrix> KernelMatrices::gram(const Data& x) const {
  const std::size_t n = x.samples.rows;
  std::vector<Matrix> matrices(plan_.outputs.size(), Matrix(index(n), index(n)));
  std::vector<::ntk::MatrixView<double>> views;
  for (Matrix& m : matrices) views.emplace_back(m.data(), n, n);
  evaluator_.gram(view(x), views, engine::Half::full);
  return matrices;
}

std::vector<Matrix> KernelMatrices::cross(const Data& x, const Data& y) const {
  Collector all(plan_.outputs.size(), x.samples.rows, y.samples.rows);
  evaluator_.cross(view(x), view(y), all);
  return std::move(all.matrices);
}

std::vector<inference::Vector> KernelMatrices::diag(const Data& x) const {
  Collector all(plan_.outputs.size(), x.samples.rows, 1);
  evaluator_.diag(view(x), all);
  std::vector<inference::Vector> diagonals;
  diagonals.reserve(all.matrices.size());
  for (const Matrix& m : all.matrices) diagonals.emplace_back(m.col(0));
  return diagonals;
}

void KernelMatrices::rows(const Data& x, std::size_t output, inference::Index first, inference::MatrixOut block) const {
  const auto begin = static_cast<std::size_t>(first);
  Block to(output, block);
  evaluator_.cross(view(x, begin, begin + static_cast<std::size_t>(block.rows())), view(x, 0, static_cast<std::size_t>(block.cols())), to);
}

bool KernelMatrices::finite(const Data& x, Diagnostics& diagnostics) const {
  const auto diagonals = diag(x);
  for (std::size_t o = 0; o < diagonals.size(); ++o)
    for (std::size_t i = 0; i < x.samples.rows; ++i)
      if (!std::isfinite(diagonals[o](index(i)))) {
        diagnostics.report_global(Code::kernel_not_finite, plan_.outputs[o].name, x.samples.name, i);
        return false;
      }
  return true;
}

}  // namespace ntkc::driver
