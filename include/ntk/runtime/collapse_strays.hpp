// Pairs beyond the angles of the fits, one by one: by fits in double precision that reach every angle, made when the first of them comes.
// Kernels must be level at rho = 1 and -1, so that rounding of rho is of no consequence there.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_STRAYS_HPP
#define NTK_RUNTIME_COLLAPSE_STRAYS_HPP
#include "ntk/runtime/collapse.hpp"

namespace ntk::NTK_ABI::collapse {

template <class R>
class Strays {
 public:
  Strays(const R& recursion, const Survey& survey, double width) : recursion_(recursion), survey_(survey), width_(width) {}

  // Of each output, of a pair of samples of variances q1 and q2 the kernel divided by the roots of k(x, x) and k(y, y). False where no fit
  // holds. Threads may ask at once.
  bool values(double q1, double q2, double rho, double* out) const {
    std::call_once(once_, [&] {
      if (const auto shape = whole()) fits_.emplace(recursion_, survey_.log_q, *shape);
    });
    if (!fits_ || !(rho >= -2 && rho <= 2)) return false;
    const double logs[2] = {std::log(q1), std::log(q2)};
    const std::size_t bins[2] = {fits_->bin(logs[0]), fits_->bin(logs[1])};
    const Sheet sheet = rho < kTurn ? Sheet::minus : Sheet::plus;
    const Fit<double>* const fit = fits_->fit(bins[0], bins[1], sheet);
    if (!fit) return false;
    double of_norms[2][kMostNorms];
    for (int side = 0; side < 2; ++side) chebyshev::polynomials(fits_->interval(bins[side]).place(logs[side]), fit->norms, of_norms[side]);
    const double t = std::sqrt(std::max(0.0, sheet == Sheet::plus ? 1 - rho : 1 + rho));
    for (std::size_t o = 0; o < fit->outputs.size(); ++o) out[o] = value(fit->outputs[o], of_norms[0], fit->t.place(t), of_norms[1]);
    return true;
  }

 private:
  // Bins no wider than a fit has terms for.
  std::optional<Shape> whole() const {
    const shapes::Corners<R> typical(recursion_, survey_.box(shapes::kTypical), true);
    Shape made;
    for (const Sheet sheet : {Sheet::plus, Sheet::minus}) {
      auto& part = sheet == Sheet::plus ? made.plus : made.minus;
      part.t = shapes::every(sheet), part.terms = shapes::rounded(typical.template terms<double>(part.t, sheet) + 1);
      if (part.terms >= kMostTerms) return std::nullopt;
    }
    for (made.width = width_; made.width >= shapes::kLeastWidth; made.width /= 2) {
      const shapes::Edges<R, double> edges(recursion_, survey_.box(made.width));
      made.norms = std::max(edges.norms(made.plus.t, Sheet::plus), edges.norms(made.minus.t, Sheet::minus));
      if (made.norms < kMostNorms) return made;
    }
    return std::nullopt;
  }

  const R& recursion_;
  Survey survey_;
  double width_;
  mutable std::once_flag once_;
  mutable std::optional<Collapse<R, double>> fits_;
};

}  // namespace ntk::NTK_ABI::collapse
#endif
