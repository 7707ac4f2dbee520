#include "engine/collapse_ops.hpp"

#include <cmath>

// What the instruction sets between SSE2 and AVX2 add is of no use here.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/collapse_ops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Loops over plain doubles that compilers vectorise: the templates are the runtime's, so generated code computes the same.
HWY_BEFORE_NAMESPACE();
namespace ntkc::engine::HWY_NAMESPACE {

Sides Correlations(std::size_t n, const double* HWY_RESTRICT sums, const std::uint32_t* HWY_RESTRICT order, double factor,
                   const double* HWY_RESTRICT inverse_norm, double least, double most, double* HWY_RESTRICT rho) {
  long long far = 0, minus = 0, plus = 0;
  for (std::size_t l = 0; l < n; ++l) {
    const double value = factor * inverse_norm[l] * sums[order[l]];
    rho[l] = value;
    far |= value >= least ? 0 : 1;
    far |= value <= most ? 0 : 1;
    minus |= value < ::ntk::collapse::kTurn ? 1 : 0;
    plus |= value < ::ntk::collapse::kTurn ? 0 : 1;
  }
  return {far != 0, minus != 0, plus != 0};
}

void Places(std::size_t n, ::ntk::collapse::Interval t, ::ntk::collapse::Sheet sheet, const double* HWY_RESTRICT rho,
            double* HWY_RESTRICT place2) {
  const double scale = 2 / t.half(), shift = -scale * t.middle(), sign = sheet == ::ntk::collapse::Sheet::plus ? -1 : 1;
  for (std::size_t l = 0; l < n; ++l) {
    const double square = 1 + sign * rho[l];
    place2[l] = std::sqrt(square < 0 ? 0 : square) * scale + shift;
  }
}

void EvaluateRow(const ::ntk::collapse::Fit& fit, std::size_t output, const double* row, const ::ntk::collapse::Columns& columns,
                 ::ntk::collapse::RowWork& work, double* out) {
  ::ntk::collapse::evaluate_row(fit, output, row, columns, work, out);
}

void Scatter(std::size_t n, double factor, const double* HWY_RESTRICT factors, const double* HWY_RESTRICT from,
             const std::uint32_t* HWY_RESTRICT order, double* HWY_RESTRICT to) {
  for (std::size_t l = 0; l < n; ++l) to[order[l]] = factor * factors[l] * from[l];
}

}  // namespace ntkc::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::engine {

HWY_EXPORT(Correlations);
HWY_EXPORT(Places);
HWY_EXPORT(EvaluateRow);
HWY_EXPORT(Scatter);

Sides correlations(std::size_t n, const double* sums, const std::uint32_t* order, double factor, const double* inverse_norm, double least,
                   double most, double* rho) {
  return HWY_DYNAMIC_DISPATCH(Correlations)(n, sums, order, factor, inverse_norm, least, most, rho);
}

void places(std::size_t n, ::ntk::collapse::Interval t, ::ntk::collapse::Sheet sheet, const double* rho, double* place2) {
  HWY_DYNAMIC_DISPATCH(Places)(n, t, sheet, rho, place2);
}

void evaluate_row(const ::ntk::collapse::Fit& fit, std::size_t output, const double* row, const ::ntk::collapse::Columns& columns,
                  ::ntk::collapse::RowWork& work, double* out) {
  HWY_DYNAMIC_DISPATCH(EvaluateRow)(fit, output, row, columns, work, out);
}

void scatter(std::size_t n, double factor, const double* factors, const double* from, const std::uint32_t* order, double* to) {
  HWY_DYNAMIC_DISPATCH(Scatter)(n, factor, factors, from, order, to);
}

}  // namespace ntkc::engine
#endif
