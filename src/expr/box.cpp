#include "expr/box.hpp"

#include <algorithm>
#include <boost/container/small_vector.hpp>

namespace ntkc::expr {
namespace {

using Value = std::optional<Box>;
constexpr Interval kZero{0, 0}, kOne{1, 1}, kHalf{0.5, 0.5}, kTwo{2, 2};

Interval real(Function f, Interval x) {
  const Range range{x};
  return image(f, &range).value;
}
Interval square(Interval x) {
  const Interval size{x.least(), x.most()};
  return size * size;
}

Box operator+(const Box& a, const Box& b) { return {a.re + b.re, a.im + b.im}; }
Box operator-(const Box& a) { return {-a.re, -a.im}; }
Box operator-(const Box& a, const Box& b) { return a + -b; }
Box operator*(const Box& a, const Box& b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
Box operator*(Interval a, const Box& b) { return {a * b.re, a * b.im}; }
constexpr Box kUnit{kOne, kZero};

Value inverse(const Box& a) {
  const Interval norm = square(a.re) + square(a.im);
  if (!(norm.low > 0) || !std::isfinite(norm.high)) return std::nullopt;
  return Box{a.re / norm, -a.im / norm};
}
Value quotient(const Box& a, const Value& b) {
  const Value i = b ? inverse(*b) : std::nullopt;
  return i ? Value(a * *i) : std::nullopt;
}

// Off the cut along the negative axis the angle is largest and least at corners.
Value logarithm(const Box& a) {
  if (!(a.re.low > 0) && a.im.contains(0)) return std::nullopt;
  Interval angle{4, -4};
  for (const double x : {a.re.low, a.re.high})
    for (const double y : {a.im.low, a.im.high}) {
      if (!std::isfinite(x) || !std::isfinite(y)) return std::nullopt;
      const double corner = std::atan2(y, x);
      angle = {std::min(angle.low, lowered(corner, 8)), std::max(angle.high, raised(corner, 8))};
    }
  return Box{kHalf * real(Function::log, square(a.re) + square(a.im)), angle};
}
Box exponential(const Box& a) {
  const Interval size = real(Function::exp, a.re);
  return {size * real(Function::cos, a.im), size * real(Function::sin, a.im)};
}
Box sine(const Box& a) {
  return {real(Function::sin, a.re) * real(Function::cosh, a.im), real(Function::cos, a.re) * real(Function::sinh, a.im)};
}
Box cosine(const Box& a) {
  return {real(Function::cos, a.re) * real(Function::cosh, a.im), -(real(Function::sin, a.re) * real(Function::sinh, a.im))};
}
bool to_the_left(const Box& a) { return a.re.low + a.re.high < 0; }

// Poles at odd multiples of i pi; by the exponential that is small.
Value sigmoid(const Box& a) {
  const Box e = exponential(to_the_left(a) ? a : -a);
  return quotient(to_the_left(a) ? e : kUnit, kUnit + e);
}
// log(1 + exp(a)), or a + log(1 + exp(-a)), which is the same for |im| < pi; further up the one to the left, the other to the right of the
// branch points.
Value softplus(const Box& a) {
  if (a.im.most() >= 3.14159 && a.re.contains(0)) return std::nullopt;
  const Value log = logarithm(kUnit + exponential(to_the_left(a) ? a : -a));
  if (!log || to_the_left(a)) return log;
  return a + *log;
}
// (log(1 + i a) - log(1 - i a)) / 2i
Value arctangent(const Box& a) {
  const Box turned{-a.im, a.re};
  const Value up = logarithm(kUnit + turned), down = logarithm(kUnit - turned);
  if (!up || !down) return std::nullopt;
  const Box gap = *up - *down;
  return Box{kHalf * gap.im, -(kHalf * gap.re)};
}
// |erf(x + iy) - erf(x)| <= 2 / sqrt(pi) |y| exp(y^2 - x^2), the integral of the derivative along the vertical.
Box error_function(const Box& a) {
  const double least = a.re.least(), y = a.im.most();
  const double radius = multiply_up(
      1.1283791670955128,
      multiply_up(y, real(Function::exp, Interval{y, y} * Interval{y, y} - Interval{least, least} * Interval{least, least}).high));
  const Interval disc{-radius, radius};
  return {real(Function::erf, a.re) + disc, disc};
}

Value scaled_exponential(Interval factor, const Value& a) { return a ? Value(exponential(factor * *a)) : std::nullopt; }

Value power(const Box& a, Interval exponent) {
  const double n = exponent.low;
  if (exponent.low != exponent.high || n != std::nearbyint(n) || std::abs(n) > 64) return scaled_exponential(exponent, logarithm(a));
  Box out = kUnit, twice = a;
  for (auto bits = static_cast<unsigned>(std::abs(n)); bits != 0; bits >>= 1) {
    if (bits & 1) out = out * twice;
    if (bits > 1) twice = twice * twice;
  }
  return n < 0 ? inverse(out) : Value(out);
}

}  // namespace

double Box::most() const { return raised(std::hypot(re.most(), im.most()), 2); }

std::optional<Box> image(Function f, const Box* args) {
  const Box& a = args[0];
  switch (f) {
    case Function::add:
      return a + args[1];
    case Function::sub:
      return a - args[1];
    case Function::mul:
      return a * args[1];
    case Function::div:
      return quotient(a, args[1]);
    case Function::neg:
      return -a;
    case Function::pow:
      if (args[1].im.most() != 0) return std::nullopt;
      return power(a, args[1].re);
    case Function::sqrt:
      return scaled_exponential(kHalf, logarithm(a));
    case Function::exp:
      return exponential(a);
    case Function::expm1:
      return exponential(a) - kUnit;
    case Function::log:
      return logarithm(a);
    case Function::log1p:
      return logarithm(kUnit + a);
    case Function::sin:
      return sine(a);
    case Function::cos:
      return cosine(a);
    case Function::tan:
      return quotient(sine(a), cosine(a));
    case Function::atan:
      return arctangent(a);
    case Function::sinh: {  // -i sin(ia)
      const Box s = sine({-a.im, a.re});
      return Box{s.im, -s.re};
    }
    case Function::cosh:
      return cosine({-a.im, a.re});
    case Function::tanh: {
      const Value s = sigmoid(kTwo * a);
      return s ? Value(kTwo * *s - kUnit) : std::nullopt;
    }
    case Function::erf:
      return error_function(a);
    case Function::erfc:
      return kUnit - error_function(a);
    case Function::norm_cdf:
      return kHalf * (kUnit + error_function(Interval{0.7071067811865475, 0.7071067811865476} * a));
    case Function::norm_pdf:
      return Interval{0.3989422804014326, 0.3989422804014328} * exponential(-kHalf * power(a, kTwo).value());
    case Function::sigmoid:
      return sigmoid(a);
    case Function::softplus:
      return softplus(a);
    default:  // not analytic, or not met without conditions
      return std::nullopt;
  }
}

Continued::Continued(const Expr& e) { add(e); }

std::uint32_t Continued::add(const Expr& e) {
  if (const auto found = known_.find(e.identity()); found != known_.end()) return found->second;
  Step step{e.kind()};
  if (e.is_constant()) step.constant = interval(e.value());
  if (e.kind() == Expr::Kind::call) {
    step.function = e.function();
    for (std::size_t i = 0; i < e.args().size(); ++i) step.args[i] = add(e.args()[i]);
  }
  steps_.push_back(step);
  kept_.push_back(e);
  return known_[e.identity()] = static_cast<std::uint32_t>(steps_.size() - 1);
}

std::optional<Box> Continued::operator()(const Box& z) const {
  boost::container::small_vector<Box, 32> values;
  for (const Step& s : steps_) {
    if (s.kind != Expr::Kind::call) {
      values.push_back(s.kind == Expr::Kind::variable ? z : Box{s.constant, kZero});
      continue;
    }
    Box args[3];
    for (int i = 0; i < arity(s.function); ++i) args[i] = values[s.args[i]];
    const Value value = image(s.function, args);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values.back();
}

}  // namespace ntkc::expr
