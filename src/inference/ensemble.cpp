#include "ntk/inference/ensemble.hpp"

#include "inference/blas.hpp"
#include "inference/checks.hpp"

namespace ntk::inference {

namespace {

void check(const Spectrum& ntk, const Cross& cross, MatrixIn filters) {
  check_shape("the NTK of tests and training data", cross.ntk, cross.ntk.rows(), ntk.size());
  check_shape("the NNGP kernel of tests and training data", cross.nngp, cross.ntk.rows(), ntk.size());
  check_shape("the filters", filters, filters.rows(), ntk.size());
}

// In the eigenbasis of Θ: θ A Q = P diag(g), and the covariance is 𝒦** + X + Xᵀ with X = (½ θAQ Qᵀ𝒦Q − 𝒦*Q) (θAQ)ᵀ.
struct Sides {
  Matrix left, right;
};

Sides sides(const Matrix& nngp, const Matrix& theta, const Matrix& cross, const auto& filter) {
  Sides out{cross, theta * filter.transpose().asDiagonal()};
  multiply(out.right, Side::plain, nngp, Side::plain, out.left, 0.5, -1);
  return out;
}

}  // namespace

Ensemble::Ensemble(const Spectrum& ntk, Matrix nngp) : ntk_(ntk), nngp_(std::move(nngp)) {
  check_shape("the NNGP kernel", nngp_, ntk.size(), ntk.size());
  check_finite("the NNGP kernel", nngp_);
  nngp_ = product_transposed(ntk.to_eigenbasis(nngp_), ntk.vectors());
}

Matrix Ensemble::variance(const Cross& cross, VectorIn prior, MatrixIn filters) const {
  check(ntk_, cross, filters);
  check_shape("the variance of the tests", prior, cross.ntk.rows(), 1);
  const Matrix theta = product_transposed(cross.ntk, ntk_.vectors()), start = product_transposed(cross.nngp, ntk_.vectors());
  Matrix out(filters.rows(), prior.size());
  for (Index t = 0; t < filters.rows(); ++t) {
    const auto [left, right] = sides(nngp_, theta, start, filters.row(t));
    out.row(t) = (prior + 2 * left.cwiseProduct(right).rowwise().sum()).cwiseMax(0).transpose();
  }
  return out;
}

std::vector<Matrix> Ensemble::covariance(const Cross& cross, MatrixIn prior, MatrixIn filters) const {
  check(ntk_, cross, filters);
  check_shape("the NNGP kernel of the tests", prior, cross.ntk.rows(), cross.ntk.rows());
  const Matrix theta = product_transposed(cross.ntk, ntk_.vectors()), start = product_transposed(cross.nngp, ntk_.vectors());
  std::vector<Matrix> out;
  for (Index t = 0; t < filters.rows(); ++t) {
    const auto [left, right] = sides(nngp_, theta, start, filters.row(t));
    const Matrix half = product_transposed(left, right);
    out.emplace_back(prior + half + half.transpose());
  }
  return out;
}

}  // namespace ntk::inference
