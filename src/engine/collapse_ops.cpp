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

namespace collapse = ::ntk::collapse;

collapse::Found Correlations(std::size_t n, const double* sums, const std::uint32_t* order, double factor, const double* inverse_norm,
                             double least, double most, double* rho) {
  return collapse::correlations(n, sums, order, factor, inverse_norm, least, most, rho);
}

void Places(std::size_t n, collapse::Interval t, collapse::Sheet sheet, const double* HWY_RESTRICT rho, double* HWY_RESTRICT place2) {
  const double scale = 2 / t.half(), shift = -scale * t.middle(), sign = sheet == collapse::Sheet::plus ? -1 : 1;
  for (std::size_t l = 0; l < n; ++l) {
    const double square = 1 + sign * rho[l];
    place2[l] = std::sqrt(square < 0 ? 0 : square) * scale + shift;
  }
}

void EvaluateRow(const collapse::Fit& fit, std::size_t output, const double* row, const collapse::Columns& columns, collapse::RowWork& work,
                 double* out) {
  collapse::evaluate_row(fit, output, row, columns, work, out);
}

void Scatter(std::size_t n, double factor, const double* factors, const double* from, const std::uint32_t* order, double* to) {
  collapse::scatter(n, factor, factors, from, order, to);
}

}  // namespace ntkc::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ntkc::engine {

HWY_EXPORT(Correlations);
HWY_EXPORT(Places);
HWY_EXPORT(EvaluateRow);
HWY_EXPORT(Scatter);

::ntk::collapse::Found CollapseOps::correlations(std::size_t n, const double* sums, const std::uint32_t* order, double factor,
                                                 const double* inverse_norm, double least, double most, double* rho) {
  return HWY_DYNAMIC_DISPATCH(Correlations)(n, sums, order, factor, inverse_norm, least, most, rho);
}

void CollapseOps::places(std::size_t n, ::ntk::collapse::Interval t, ::ntk::collapse::Sheet sheet, const double* rho, double* place2) {
  HWY_DYNAMIC_DISPATCH(Places)(n, t, sheet, rho, place2);
}

void CollapseOps::evaluate_row(const Fit& fit, std::size_t output, const double* row, const ::ntk::collapse::Columns& columns,
                               ::ntk::collapse::RowWork& work, double* out) {
  HWY_DYNAMIC_DISPATCH(EvaluateRow)(fit, output, row, columns, work, out);
}

void CollapseOps::scatter(std::size_t n, double factor, const double* factors, const double* from, const std::uint32_t* order, double* to) {
  HWY_DYNAMIC_DISPATCH(Scatter)(n, factor, factors, from, order, to);
}

}  // namespace ntkc::engine
#endif
