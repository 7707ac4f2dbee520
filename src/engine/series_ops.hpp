// Hermite series over lanes, compiled for several instruction sets.
#pragma once
#include <cstddef>

#include "engine/block_ops.hpp"
#include "ntk/runtime/mehler.hpp"

namespace ntkc::engine {

// Eight samples' series side by side: number j of sample l at [j * 8 + l].
struct SeriesBlock {
  const double* at;
  std::size_t n;  // terms to sum
};

// sums[8 b + l] = sum over low <= j < n of x[j] y_j power^(j - low), for lane l of block b, and its derivative in the power, if wanted.
void horner(std::size_t blocks, const double* x, const SeriesBlock* y, std::size_t low, const double* power, double* sums,
            double* derivatives = nullptr);

// scale = sqrt(q) sqrt(r) and rho = c / scale, within [-1, 1], or 0 where there is no scale, of n lanes, a multiple of eight.
void correlations(std::size_t n, const Operand& q, const Operand& r, const Operand& c, double* scale, double* rho);

// As ntk::quadrature::Project.
struct Project {
  void operator()(const ::ntk::quadrature::Projection& p, std::size_t first, std::size_t step, std::size_t terms, double* out) const;
};

// As ntk::quadrature::WeightedSum.
struct WeightedSum {
  void operator()(std::size_t count, const double* factors, const double* from, std::size_t size, double* to) const;
};

}  // namespace ntkc::engine
