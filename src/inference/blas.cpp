#include "inference/blas.hpp"

#include <cblas.h>

#include <algorithm>

namespace ntk::inference {

namespace {

CBLAS_TRANSPOSE flag(Side side) { return side == Side::plain ? CblasNoTrans : CblasTrans; }
int stride(const auto& m) { return static_cast<int>(std::max<Index>(1, m.outerStride())); }

}  // namespace

void multiply(MatrixIn a, Side op_a, MatrixIn b, Side op_b, MatrixOut c, double factor, double keep) {
  if (c.size() == 0) return;
  const Index inner = op_a == Side::plain ? a.cols() : a.rows();
  cblas_dgemm(CblasRowMajor, flag(op_a), flag(op_b), static_cast<int>(c.rows()), static_cast<int>(c.cols()), static_cast<int>(inner),
              factor, a.data(), stride(a), b.data(), stride(b), keep, c.data(), stride(c));
}

Matrix product(MatrixIn a, MatrixIn b) {
  Matrix out(a.rows(), b.cols());
  multiply(a, Side::plain, b, Side::plain, out);
  return out;
}

Matrix product_transposed(MatrixIn a, MatrixIn b) {
  Matrix out(a.rows(), b.rows());
  multiply(a, Side::plain, b, Side::transposed, out);
  return out;
}

Matrix transposed_product(MatrixIn a, MatrixIn b) {
  Matrix out(a.cols(), b.cols());
  multiply(a, Side::transposed, b, Side::plain, out);
  return out;
}

void subtract_gram(MatrixIn a, Matrix& c) {
  if (c.size() == 0) return;
  cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, static_cast<int>(c.rows()), static_cast<int>(a.cols()), -1, a.data(), stride(a), 1,
              c.data(), stride(c));
  mirror(c);
}

void mirror(Matrix& lower) {
  constexpr Index kTile = 64;  // two of them stay in the cache
  const Index n = lower.rows();
  for (Index i = 0; i < n; i += kTile)
    for (Index j = 0; j <= i; j += kTile)
      for (Index r = i; r < std::min(n, i + kTile); ++r)
        for (Index s = j; s < std::min(r, j + kTile); ++s) lower(s, r) = lower(r, s);
}

}  // namespace ntk::inference
