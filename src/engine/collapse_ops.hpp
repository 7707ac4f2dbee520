// The loops of collapsed rows (ntk/runtime/collapse_row.hpp), compiled for several instruction sets; the best one of this machine runs.
#pragma once
#include "ntk/runtime/collapse_row.hpp"

namespace ntkc::engine {

struct CollapseOps {
  using Fit = ::ntk::collapse::Fit;
  static ::ntk::collapse::Found correlations(std::size_t n, const double* sums, const std::uint32_t* order, double factor,
                                             const double* inverse_norm, double least, double most, double* rho);
  // Doubled places of t in its interval.
  static void places(std::size_t n, ::ntk::collapse::Interval t, ::ntk::collapse::Sheet sheet, const double* rho, double* place2);
  static void combine(std::size_t count, const double* factors, const double* from, std::size_t size, double* to);
  static void evaluate(const ::ntk::collapse::Series& series, const double* coefficients, const ::ntk::collapse::Columns& columns,
                       const double* place2, double* out);
  static void scatter(std::size_t n, double factor, const double* factors, const double* from, const std::uint32_t* order, double* to);
};

}  // namespace ntkc::engine
