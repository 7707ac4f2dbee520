// The coefficients of a function's Hermite series, as the runtime computes them, and what they are off by.
#pragma once
#include <algorithm>

#include "expr/tape.hpp"
#include "ntk/runtime/mehler.hpp"
#include "passes/duals/moments.hpp"

namespace ntkc::passes {

struct Callable {
  mutable expr::Tape<double> tape;
  explicit Callable(const expr::Expr& e) : tape(e, {}) {}
  double operator()(double x) const { return tape(x); }
  ::ntk::Lanes operator()(const ::ntk::Lanes& x) const {
    ::ntk::Lanes out;
    for (std::size_t l = 0; l < ::ntk::lanes::kCount; ++l) out.set(l, tape(x[l]));
    return out;
  }
};

class Coefficients {
 public:
  // jumps: phi is in the place of phi' (parts_of).
  Coefficients(const expr::Expr& phi, std::vector<SmoothPart> parts, std::size_t terms, bool jumps = false);

  // Relative: of kappa; of the coefficients of phi and, but for what follows, of phi'; of the squared tails. Of each coefficient of phi'
  // apart, and what nodes that are off leave per root of the degree: they stand with |a|_1 and the root of the mean degree, those of the
  // other function.
  struct Errors {
    double kappa = 0, of_f = 0, of_slope = 0, tail = 0, slope_tail = 0, each = 0, displaced = 0, spread = 0, decay = 0;
    void widen(const Errors& other) {
      for (const auto part : {&Errors::kappa, &Errors::of_f, &Errors::of_slope, &Errors::tail, &Errors::slope_tail, &Errors::each,
                              &Errors::displaced, &Errors::spread, &Errors::decay})
        this->*part = std::max(this->*part, other.*part);
    }
  };
  // Of kappa-dot of two functions, with the rounding of Horner's sum (Higham 2002, section 5.1), but for what is left out.
  static double slope(const Errors& a, const Errors& b) {
    const double of_a = a.of_slope + a.each * b.spread + a.displaced * b.decay,
                 of_b = b.of_slope + b.each * a.spread + b.displaced * a.decay;
    return of_a + of_b + rounding(a, b);
  }
  static double rounding(const Errors& a, const Errors& b) { return (4 + 2 * a.decay * b.decay) * 0x1p-53; }
  // For every s of a range. nullopt: not known.
  std::optional<Errors> errors(double low, double high) const;
  // For one s, whose panels are known and whose numbers were computed (raw_series): narrower where phi' has poles near the axis or kinks.
  std::optional<Errors> errors(double s, const double* numbers) const;

  // What decides up to which |rho| the series are taken.
  struct Reach {
    double stop, tail, slope_tail;
  };
  Reach reach(double q, double truncation) const;
  ::ntk::quadrature::Parity parity() const { return parity_; }
  std::size_t terms() const { return terms_; }
  const Callable& f() const { return f_; }
  const Callable& slope() const { return slope_; }
  const std::vector<double>& breaks() const { return breaks_; }
  const std::vector<SmoothPart>& parts() const { return parts_; }

 private:
  // Of the quadrature: its coefficients' squares, the mean, the second moment.
  struct OfRule {
    double squares, mean, square, spread = INFINITY, decay = INFINITY;  // the last two: as far as numbers are known
  };
  std::optional<Errors> errors(const Scales& s, const OfRule& rule) const;
  std::size_t panels(double s) const;
  double jump(std::size_t i) const;  // of phi' where part i begins
  bool kinked() const;
  double gaps(const Scales& s) const;  // what rounded places of kinks leave

  Callable f_, slope_;
  ::ntk::quadrature::Parity parity_;
  std::vector<SmoothPart> parts_;
  std::size_t terms_;
  GaussianBounds gaussian_;
  std::vector<double> breaks_;
};

// Up to which |rho| series are taken (ntk/runtime/mehler.hpp) where they may leave out `allowed`.
double taken_to(const ::ntk::quadrature::Degrees& degrees, const Coefficients::Reach& a, const Coefficients::Reach& b, double allowed);

// Squared tails that are judged by: the largest, what they are off by, and that relative to a tail itself, of all of them.
struct LeftOut {
  double largest = 0, off = 0, relative = 0;
};
// The last of these, from the least squared tail of kappa-dot and what those are off by: kappa's is made of it.
inline double off_relatively(double least, double off) { return off / std::max(least, ::ntk::quadrature::kParseval); }
// What is left out is judged to be `left` at most; this may be added to it.
double judged(double left, const LeftOut& a, const LeftOut& b);

}  // namespace ntkc::passes
