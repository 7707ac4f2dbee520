// The functions of the language over intervals. Values of library functions are widened by 8 units in the last place: glibc's manual
// states errors below 5 for all that are used here.
#include <algorithm>

#include "expr/apply.hpp"
#include "expr/interval.hpp"

namespace ntkc::expr {
namespace {

constexpr double kUlps = 8;
constexpr Interval kZero{0, 0}, kOne{1, 1}, kTruth{0, 1};

// The argument of an exponential of x^2 is wrong by a unit, which x^2 multiplies.
double square_ulps(double x) { return kUlps * (1 + std::min(x * x, 1e6)); }

Interval increasing(Function f, Interval a, Interval codomain = kAllReals) {
  const bool squares = f == Function::norm_cdf;
  const double low = apply<double>(f, &a.low), high = apply<double>(f, &a.high);
  const auto ulps = [&](double x) { return squares && x < 0 ? square_ulps(x) : kUlps; };
  return {std::min(std::clamp(lowered(low, ulps(a.low)), codomain.low, codomain.high), kLargest),
          std::max(std::clamp(raised(high, ulps(a.high)), codomain.low, codomain.high), -kLargest)};
}

Interval decreasing(Function f, Interval a, Interval codomain) {
  const double low = apply<double>(f, &a.high), high = apply<double>(f, &a.low);
  const auto ulps = [&](double x) { return x > 0 ? square_ulps(x) : kUlps; };
  return {std::clamp(lowered(low, ulps(a.high)), codomain.low, codomain.high),
          std::clamp(raised(high, ulps(a.low)), codomain.low, codomain.high)};
}

Interval magnitude(Interval a) { return {a.least(), a.most()}; }

// Of a wave of period 2 pi, whose largest and least values stand at places in turns: 1/4 and 3/4 for the sine.
Interval wave(Function f, Interval a) {
  constexpr double kWidest = 6, kFarthest = 1e8, kSlack = 1e-9;  // within the slack of such a place a wave is flat
  if (!(a.high - a.low < kWidest) || a.most() > kFarthest) return {-1, 1};
  const double shift = f == Function::cos ? 0.25 : 0;
  const auto meets = [&](double place) {
    const double low = a.low / (2 * M_PI) + shift - place - kSlack, high = a.high / (2 * M_PI) + shift - place + kSlack;
    return std::floor(high) >= std::ceil(low);
  };
  const double x = apply<double>(f, &a.low), y = apply<double>(f, &a.high);
  return {meets(0.75) ? -1.0 : std::max(-1.0, lowered(std::min(x, y), kUlps)),
          meets(0.25) ? 1.0 : std::min(1.0, raised(std::max(x, y), kUlps))};
}

Range tangent(const Range& a) {
  const Interval cosine = wave(Function::cos, a.value);
  if (cosine.contains(0)) return {kAllReals, {false, false, false}};
  return {wave(Function::sin, a.value) / cosine, a.seams};
}

// x >= 0, exponent > 0
Interval power_of_positive(Interval x, double exponent) {
  return {std::clamp(lowered(std::pow(x.low, exponent), kUlps), 0.0, kLargest), raised(std::pow(x.high, exponent), kUlps)};
}

Range inverse(const Range& a) {
  const bool zero = a.value.contains(0);
  return {kOne / a.value, zero ? Seams{false, false, false} : a.seams};
}

Range power(const Range& a, const Range& b) {
  const Interval x = a.value;
  if (b.value.low != b.value.high) {  // exp(b log a)
    if (!(x.low > 0)) return {kAllReals, {false, false, false}};
    return {increasing(Function::exp, b.value * increasing(Function::log, x), {0, kInfinity}), a.seams & b.seams};
  }
  const double n = b.value.low, size = std::abs(n);
  Range out{kOne, a.seams};
  if (n == std::nearbyint(n)) {
    const bool even = std::fmod(n, 2) == 0;
    const Interval far = power_of_positive(magnitude(x), size);
    if (size == 0)
      return out;
    else if (even || x.low >= 0)
      out.value = far;
    else if (x.high <= 0)
      out.value = -far;
    else
      out.value = {-power_of_positive({0, -x.low}, size).high, power_of_positive({0, x.high}, size).high};
  } else {
    if (x.high < 0) return {kAllReals, {false, false, false}};
    out.value = power_of_positive({std::max(0.0, x.low), x.high}, size);
    out.seams.smooth = out.seams.smooth && x.low > 0;
    out.seams.defined = out.seams.defined && x.low >= 0;
  }
  return n < 0 ? inverse(out) : out;
}

// A function that is defined from `from` upward, where it is infinite or not smooth.
Range from_an_end(Function f, const Range& a, double from, bool pole) {
  Range out = a;
  out.seams.smooth = out.seams.smooth && a.value.low > from;
  out.seams.defined = out.seams.defined && (pole ? a.value.low > from : a.value.low >= from);
  if (a.value.high < from) return {kAllReals, out.seams};
  out.value = increasing(f, {std::max(a.value.low, from), a.value.high});
  if (pole && a.value.low <= from) out.value.low = -kInfinity;
  return out;
}

Range arc(Function f, const Range& a) {
  const Interval x{std::clamp(a.value.low, -1.0, 1.0), std::clamp(a.value.high, -1.0, 1.0)};
  Range out{increasing(Function::asin, x), a.seams};
  if (f == Function::acos) out.value = interval(numeric::Number(M_PI / 2)) - out.value + Interval{-1e-15, 1e-15};
  out.seams.smooth = out.seams.smooth && a.value.low > -1 && a.value.high < 1;
  out.seams.defined = out.seams.defined && a.value.low >= -1 && a.value.high <= 1;
  return out;
}

// -1 or 0, 0, and 1 on three sides of 0. An analytic argument that is nowhere negative is 0 at isolated points only.
Range on_sides(const Range& a, double below) {
  const bool settled = a.seams.smooth && a.value.low < a.value.high;
  if (a.value.low > 0 || (a.value.low == 0 && settled)) return {kOne, a.seams};
  if (a.value.high < 0 || (a.value.high == 0 && settled)) return {{below, below}, a.seams};
  if (a.value.low == 0 && a.value.high == 0) return {kZero, a.seams};
  return {{a.value.high > 0 && a.value.low >= 0 ? 0 : below, a.value.high > 0 ? 1.0 : 0.0}, {false, false, a.seams.defined}};
}

Range comparison(Function f, const Range& a, const Range& b) {
  const Seams both = a.seams & b.seams;
  const bool settled = both.smooth && (a.value.low < a.value.high || b.value.low < b.value.high);
  const bool less = a.value.high < b.value.low || (a.value.high == b.value.low && (settled || f == Function::less_equal));
  const bool greater = a.value.low > b.value.high || (a.value.low == b.value.high && (settled || f == Function::less));
  if (f == Function::equal) {
    if (less || greater) return {kZero, both};
    if (a.value.low == a.value.high && b.value.low == b.value.high && a.value.low == b.value.low) return {kOne, both};
  } else if (less || greater) {
    return {less ? kOne : kZero, both};
  }
  return {kTruth, {false, false, both.defined}};
}

Range truth(const Range& a) {
  if (!a.value.contains(0)) return {kOne, a.seams};
  if (a.value.low == 0 && a.value.high == 0) return {kZero, a.seams};
  return {kTruth, {false, false, a.seams.defined}};
}

Range conjunction(const Range& a, const Range& b) {
  if (a.value.high == 0) return a;
  if (b.value.high == 0) return b;
  if (a.value.low == 1 && b.value.low == 1) return {kOne, a.seams & b.seams};
  return {kTruth, a.seams & b.seams};
}

Range negation(const Range& a) { return {kOne - a.value, a.seams}; }

Range chosen(const Range& condition, const Range& yes, const Range& no) {
  const Range c = truth(condition);
  if (c.value.low == 1) return {yes.value, c.seams & yes.seams};
  if (c.value.high == 0) return {no.value, c.seams & no.seams};
  return {hull(yes.value, no.value), {false, false, yes.seams.defined && no.seams.defined}};
}

Range smaller(const Range& a, const Range& b) {
  if (a.value.high <= b.value.low) return a;
  if (b.value.high <= a.value.low) return b;
  const Seams both = a.seams & b.seams;
  return {{std::min(a.value.low, b.value.low), std::min(a.value.high, b.value.high)}, {false, both.continuous, both.defined}};
}

Range negative(const Range& a) { return {-a.value, a.seams}; }

}  // namespace

Range image(Function f, const Range* args) {
  const Range& a = args[0];
  const Range& b = arity(f) > 1 ? args[1] : a;
  const Seams seams = a.seams & b.seams;
  const Interval x = a.value;
  switch (f) {
    case Function::add:
      return {x + b.value, seams};
    case Function::sub:
      return {x - b.value, seams};
    case Function::mul:
      return {x * b.value, seams};
    case Function::div:
      return {x / b.value, b.value.contains(0) ? Seams{false, false, false} : seams};
    case Function::neg:
      return negative(a);
    case Function::pow:
      return power(a, b);
    case Function::sqrt:
      return from_an_end(f, a, 0, false);
    case Function::log:
      return from_an_end(f, a, 0, true);
    case Function::log1p:
      return from_an_end(f, a, -1, true);
    case Function::cbrt:
      return {increasing(f, x), {seams.smooth && !x.contains(0), seams.continuous, seams.defined}};
    case Function::exp:
    case Function::softplus:
      return {increasing(f, x, {0, kInfinity}), seams};
    case Function::expm1:
      return {increasing(f, x, {-1, kInfinity}), seams};
    case Function::sinh:
    case Function::atan:
      return {increasing(f, x), seams};
    case Function::tanh:
    case Function::erf:
      return {increasing(f, x, {-1, 1}), seams};
    case Function::sigmoid:
    case Function::norm_cdf:
      return {increasing(f, x, {0, 1}), seams};
    case Function::erfc:
      return {decreasing(f, x, {0, 2}), seams};
    case Function::cosh:
      return {increasing(f, magnitude(x), {1, kInfinity}), seams};
    case Function::norm_pdf: {
      const double near = x.least(), far = x.most();
      return {{std::max(0.0, lowered(apply<double>(f, &far), square_ulps(far))), raised(apply<double>(f, &near), square_ulps(near))},
              seams};
    }
    case Function::sin:
    case Function::cos:
      return {wave(f, x), seams};
    case Function::tan:
      return tangent(a);
    case Function::asin:
    case Function::acos:
      return arc(f, a);
    case Function::abs:
      return {magnitude(x), {seams.smooth && (x.low >= 0 || x.high <= 0), seams.continuous, seams.defined}};
    case Function::sign:
      return on_sides(a, -1);
    case Function::step:
      return on_sides(a, 0);
    case Function::min:
      return smaller(a, b);
    case Function::max:
      return negative(smaller(negative(a), negative(b)));
    case Function::less:
    case Function::less_equal:
    case Function::equal:
      return comparison(f, a, b);
    case Function::logical_and:
      return conjunction(truth(a), truth(b));
    case Function::logical_or:
      return negation(conjunction(negation(truth(a)), negation(truth(b))));
    case Function::logical_not:
      return negation(truth(a));
    case Function::select:
      return chosen(a, b, args[2]);
    case Function::atan2:
      return {{-3.15, 3.15}, {false, false, seams.defined}};
#define NTK_FUNCTION(name, arity)
#define NTK_FORM(name, arity) case Function::name:
#include "expr/functions.def"
#undef NTK_FUNCTION
    case Function::angle:
    case Function::sin_minus_x_cos:
      break;  // not of the language
  }
  return {kAllReals, {false, false, false}};
}

}  // namespace ntkc::expr
