// What the boxes of a collapse are chosen by: what a recursion offers, what the data are like, what things cost; and what a choice is.
#pragma once
#ifndef NTK_RUNTIME_COLLAPSE_SURVEY_HPP
#define NTK_RUNTIME_COLLAPSE_SURVEY_HPP
#include "ntk/runtime/collapse_fit.hpp"

namespace ntk::NTK_ABI::collapse {

// A recursion R has
//   std::size_t outputs() const
//   R::Side side(const std::vector<double>& variances) const   samples of these variances
//   std::vector<std::vector<double>> diagonal(const std::vector<double>& variances) const   of each output, k(x, x) of each
//   void kernels(const Side& x, const Side& y, Sheet, const std::vector<double>& t, double* out) const
//                                                              [output][x][t][y], divided by the roots of k(x, x) and k(y, y)
// and may have
//   double near(double variance, const std::vector<double>& t) const   the part of all expectations that cost Costs::near

// What the recursion reads off a pair of these variances.
struct Products {
  double inner, distance, gram;
};
inline Products products(double q1, double q2, Sheet sheet, double t) {
  const double s1 = std::sqrt(q1), s2 = std::sqrt(q2), both = s1 * s2, deficit = t * t;
  const double sign = sheet == Sheet::plus ? 1 : -1, apart = s1 - sign * s2;
  return {sign * both * (1 - deficit), apart * apart + sign * 2 * both * deficit, q1 * q2 * deficit * (2 - deficit)};
}

// In multiply-adds.
struct Costs {
  double node = 0;    // of a pair by the recursion
  double near = 0;    // beside, where |rho| is close to 1: by definition, of expectations that have no octaves
  double row = 0;     // beside, of one that is read off its rows
  double sample = 0;  // of what the recursion reads of a sample
  double sum = 0;     // of a pair's product
  // Of a pair's rows of n numbers: an inner product, a distance, a residual, out of no cache. Of a sample that keeps so many numbers: most
  // are coefficients of series, which come from integrals or their tables.
  static Costs of(double node, double near, std::size_t n, std::size_t numbers) {
    return {node, near, 6 * static_cast<double>(n), 1000 * static_cast<double>(numbers), static_cast<double>(n)};
  }
  // Nodes of t are dense where rho is close to 1: half of them, more or less.
  double fitted() const { return node + 0.5 * near; }
};

// What the choice of boxes depends on.
struct Survey {
  Interval log_q;                    // of all samples
  double middle = 0;                 // of log q: half of the samples are below
  std::vector<double> correlations;  // of some pairs, in order
  double pairs = 0;                  // how many
  Costs costs;
  double samples = 0;  // what all samples cost
  double near = 0.02;  // the part of all expectations that cost Costs::near, if some pairs do not tell
  // What fits of n terms in log q and m in t cost, of all pairs of bins.
  double fits(double width, std::size_t n, std::size_t m) const {
    const double bins = std::ceil(std::max(1.0, 2 * log_q.half() / width)), nodes = static_cast<double>(n * n * m);
    return 0.5 * bins * (bins + 1) * nodes * costs.fitted();
  }
  // Of log q, around the middle.
  Interval box(double width) const {
    if (width >= 2 * log_q.half()) return log_q;
    return {std::max(log_q.low, middle - width / 2), std::min(log_q.high, middle + width / 2)};
  }
};

// The boxes: bins of log q of some width; the t of each sheet (none where few pairs are on it); terms.
struct Shape {
  double width = 0;
  std::size_t norms = 1;
  struct Part {
    Interval t;
    std::size_t terms = 0;  // 0: not used
  } plus, minus;
  double turn = kTurn;  // pairs below are on the minus sheet
  bool strays = false;  // pairs beyond go to Strays, not to the recursion
  double cost = 0;      // beside the product, in multiply-adds
  // In log q, of a fit that needs more of them than others.
  std::size_t most_norms() const { return norms == 1 ? 1 : std::min(kMostNorms, norms + 6); }
  const Part& part(Sheet sheet) const { return sheet == Sheet::plus ? plus : minus; }
  // Pairs with rho in [least, most] have a fit, but for those below the turn if there is no minus, or above if there is no plus.
  // Where a part reaches t = 0, also those that rounding put beyond 1.
  double least() const { return minus.terms > 0 ? -end(minus) : 1 - plus.t.high * plus.t.high; }
  double most() const { return plus.terms > 0 ? end(plus) : minus.t.high * minus.t.high - 1; }
  // Whether pairs near 1, or -1, are left to the recursion.
  bool leaves() const { return !strays && ((plus.terms > 0 && plus.t.low > 0) || (minus.terms > 0 && minus.t.low > 0)); }

 private:
  static double end(const Part& part) { return part.t.low > 0 ? 1 - part.t.low * part.t.low : 2; }
};

}  // namespace ntk::NTK_ABI::collapse
#endif
