// Rows of pairs of a collapsed network over many lanes, compiled for several instruction sets; the best one of this machine runs.
#pragma once
#include <cstdint>

#include "ntk/runtime/collapse_row.hpp"

namespace ntkc::engine {

// Which columns of a row are where: none, some or all of them (bits of the counts are not wanted).
struct Sides {
  bool out = false;    // some rho is not in [least, most]
  bool minus = false;  // some rho is below kTurn
  bool plus = false;   // some rho is not
};

// rho[l] = factor * inverse_norm[l] * sums[order[l]].
Sides correlations(std::size_t n, const double* sums, const std::uint32_t* order, double factor, const double* inverse_norm, double least,
                   double most, double* rho);

// Doubled places of t in its interval, for all n columns.
void places(std::size_t n, ::ntk::collapse::Interval t, ::ntk::collapse::Sheet sheet, const double* rho, double* place2);

void evaluate_row(const ::ntk::collapse::Fit& fit, std::size_t output, const double* row, const ::ntk::collapse::Columns& columns,
                  ::ntk::collapse::RowWork& work, double* out);

// to[order[l]] = factor * factors[l] * from[l].
void scatter(std::size_t n, double factor, const double* factors, const double* from, const std::uint32_t* order, double* to);

}  // namespace ntkc::engine
